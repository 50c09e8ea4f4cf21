"""Events as a whole: copied by a declared plan."""
