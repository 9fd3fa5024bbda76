"""What people see and send, a file per part of the work."""
