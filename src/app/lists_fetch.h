/*
 * `countersign lists fetch`: the lists of a policy from where they are published.
 */
#ifndef CS_APP_LISTS_FETCH_H
#define CS_APP_LISTS_FETCH_H

/* cs_lists_fetch does it: argv[0] is "fetch". An enum cs_exit after having said what is wrong. */
int cs_lists_fetch(int argc, char **argv);

#endif
