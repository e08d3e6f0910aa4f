"""The pages: their layouts, texts and documents, and the files that they load."""
