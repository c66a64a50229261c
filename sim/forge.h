/*
 * What a forged answer looks like from outside, per family, as public analyses describe it. Field sets and
 * constants for the detector to be tried on; nothing here reaches or touches any system.
 */
#ifndef CS_SIM_FORGE_H
#define CS_SIM_FORGE_H

#include "compose.h"

/* cs_forge_response writes the forged answer to the request of DEAL on the acquirer's leg. The deal's code and
 * approval are set already; the plain families ignore what they are known not to know. */
void cs_forge_response(const struct cs_bank *bank, const struct cs_deal *deal, enum cs_variant variant,
		       struct cs_message *out);

#endif
