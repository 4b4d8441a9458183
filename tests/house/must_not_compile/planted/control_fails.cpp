#error planted error
