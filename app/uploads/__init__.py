"""What people upload, and the pictures that are made of it in the sizes of the installation."""
