"""Write the page that the working group opens."""
