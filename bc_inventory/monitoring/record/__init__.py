"""From a folder of files to the record of measurements."""
