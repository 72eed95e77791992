// As node/service/access.cc has it; how long it may be, the node says.
export const USER_NAME = /^[A-Za-z0-9._-]+$/;
