#include "node/service/sessions.h"
