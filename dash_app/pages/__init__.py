"""The pages: layouts, the scripts and styles they load, and how they are served."""
