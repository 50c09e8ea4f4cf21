"""The rules of the programme, one file per resource."""
