"""NetCDF as the CF conventions mean it: missing values, axes, bounds, calendars."""
