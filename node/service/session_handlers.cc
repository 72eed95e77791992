#include "node/service/session_handlers.h"
