#ifndef CONTROL
#error another error
#endif
