"""How notebooks, which stand alone, get their data: files, the dataset's client, or stand-ins."""
