"""nginx in front of the site, as ops/nginx.conf has it."""
