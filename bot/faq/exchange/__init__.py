"""FAQ entries in the files of other programs: CSV, XLSX and Markdown, lossless both ways."""
