"""What letters about meetings say, a file per part of the work."""
