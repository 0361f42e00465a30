"""What runs inside a job: the script wrapper, atomic files, device, progress, result hashes."""
