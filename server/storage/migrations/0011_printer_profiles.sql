-- What a printer can do, as `ramah printer add --profile` takes it (printer/profile.py).
ALTER TABLE printers ADD COLUMN profile TEXT NOT NULL DEFAULT 'raster';
