// Ends by an uncaught error, before it says anything.
throw new TypeError('the native layer could not be loaded');
