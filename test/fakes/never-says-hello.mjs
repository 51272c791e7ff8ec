// Says nothing at all, and does not end with stdin either.
setInterval(() => undefined, 1000);
