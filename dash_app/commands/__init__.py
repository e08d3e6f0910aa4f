"""The commands of the command line, one module for each, and the steps that several share."""
