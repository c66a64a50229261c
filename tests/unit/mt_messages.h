/*
 * SWIFT MT messages of our own making, one or more of each type, all of them right; and how tests read them.
 *
 * Banks, people and accounts are invented. "\n" stands for CR LF in messages() and for itself where a test says so.
 */
#ifndef CS_TESTS_MT_MESSAGES_H
#define CS_TESTS_MT_MESSAGES_H

#include "decode/mt.h"

#include <stdlib.h>

enum { MT_TEXT_CAP = 1 << 15 };

struct mt_sample {
	const char *type; /* as cs_mt_type_name tells it */
	const char *text;
};

#define INPUT(type)    "{1:F01ALFABEBBAXXX4321000777}{2:I" type "DELTUS33XXXXN}"
#define EUROPEAN(type) "{1:F01ALFABEBBAXXX4321000777}{2:I" type "GAMAFRPPXXXXN}"
#define OUTPUT(type)   "{1:F01ALFABEBBAXXX4321000777}{2:O" type "0915261126DELTUS33AXXX12340005672611260916N}"
#define UETR           "{121:5f0c3a1e-9b7d-4c21-8e55-0a1b2c3d4e5f}"
#define ORDERER        ":50K:/BE71096123456769\nVERBEECK EN ZONEN\nKAAI 7\n2000 ANTWERPEN\n"
#define PAYEE          ":59:/000123456789\nBLUE RIDGE TOOLS INC\n12 MILL ROAD\nASHEVILLE NC\n"
#define NUMBERED       ":50F:/BE71096123456769\n1/VERBEECK EN\n1/ZONEN\n2/KAAI 7\n3/BE/ANTWERPEN\n"
#define NUMBERED_PAYEE ":59F:/000123456789\n1/BLUE RIDGE TOOLS INC\n2/12 MILL ROAD\n3/US/ASHEVILLE\n"

static const struct mt_sample mt_samples[] = {
	{"MT103",
	 INPUT("103") "{3:" UETR "}{4:\n:20:ORD-771\n:13C:/SNDTIME/0915+0100\n:23B:CRED\n:23E:PHOB/CALL 123\n"
		      ":32A:261126USD1250,5\n" ORDERER ":52A:ALFABEBBXXX\n:53B:/456-78\n:57D://FW021000089\n"
		      "RIVER BANK\nNEW YORK\n" PAYEE ":70:INVOICE 17\n/RFB/ABC\n:71A:OUR\n:72:/ACC/ON ARRIVAL\n"
		      "//BEFORE NOON\n:77B:/ORDERRES/BE\n-}{5:{CHK:0123456789AB}{TNG:}}"},
	{"MT103",
	 EUROPEAN("103") "{3:{108:REF 1}{111:001}" UETR
			 "}{4:\n:20:A/B\n:23B:CRED\n:32A:261126EUR10,\n:33B:GBP8,7\n:36:1,149\n"
			 ":50A:/BE71096123456769\nALFABEBB\n:53A:/D/11\nBETADEFF\n:54A:BETADEFFXXX\n:55A:BETADEFF\n"
			 ":56C://CH123456\n:57A:GAMAFRPPXXX\n:59A:/FR1420041010050500013M02606\nGAMAFRPP\n:71A:BEN\n"
			 ":71F:EUR1,\n:71F:EUR0,5\n-}"},
	{"MT103",
	 OUTPUT("103") "{3:{113:0030}{433:/AOK/NO HIT}}{4:\n:20:X1\n:23B:SPRI\n:23E:SDVA\n:32A:261126JPY500000,\n"
		       ":33B:JPY500500,\n" NUMBERED ":53B:/9\n:57C:/77\n" NUMBERED_PAYEE ":71A:OUR\n:71G:JPY500,\n-}"
		       "{5:{MAC:00000000}{CHK:0123456789AB}{PDE:}}{S:{SPD:}{SAC:}{COP:P}}"},
	{"MT103STP",
	 INPUT("103") "{3:{119:STP}}{4:\n:20:STP1\n:23B:CRED\n:32A:261126USD1,\n:50K:NO ACCOUNT GIVEN\n" PAYEE
		      ":71A:SHA\n-}"},
	{"MT103REMIT", INPUT("103") "{3:{119:REMIT}}{4:\n:20:REM1\n:23B:CRED\n:32A:261126USD1,\n" ORDERER PAYEE
				    ":71A:SHA\n:77T:/UEDI/UNH+1+FINPAY=D'\n-}"},
	{"MT200", INPUT("200") "{4:\n:20:OWN1\n:32A:261126USD1000000,\n:53B:/34-1\n:57A:DELTUS33\n-}"},
	{"MT202", INPUT("202") "{4:\n:20:INST1\n:21:REL1\n:13C:/CLSTIME/"
			       "0800+0100\n:32A:261126USD5000,\n:52A:ALFABEBB\n:54A:BETADEFF\n"
			       ":56A:BETADEFF\n:57A:DELTUS33\n:58A:/123\nEPSIGB2L\n:72:/BNF/COVER\n-}"},
	{"MT202COV",
	 INPUT("202") "{3:{119:COV}" UETR "}{4:\n:20:COV1\n:21:ORD-771\n:32A:261126USD1250,5\n:58A:EPSIGB2L\n" NUMBERED
		      ":52A:ALFABEBB\n:57A:EPSIGB2L\n" NUMBERED_PAYEE ":70:INVOICE 17\n:33B:USD1250,5\n-}"},
	{"MT205", OUTPUT("205") "{4:\n:20:F1\n:21:REL1\n:32A:261126USD5000,\n:52A:ALFABEBB\n:57B:/1\nBRANCH "
				"2\n:58D:/2\nRIVER BANK\n-}"},
	{"MT205COV",
	 OUTPUT("205") "{3:{119:COV}}{4:\n:20:F2\n:21:REL1\n:32A:261126USD5000,\n:52A:ALFABEBB\n:58A:EPSIGB2L\n" ORDERER
		 PAYEE "-}"},
	{"MT210",
	 INPUT("210") "{4:\n:20:NTR1\n:25:77\n:30:261127\n:21:R1\n:32B:USD1,\n:52A:ALFABEBB\n:21:R2\n:32B:USD2,\n"
		      ":50:VERBEECK\n:56A:BETADEFF\n-}"},
	{"MT192",
	 INPUT("192") "{3:" UETR "}{4:\n:20:CNL1\n:21:ORD-771\n:11S:103\n261126\n:79:/FRAD/\n:32A:261126USD1250,5\n-}"},
	{"MT195", INPUT("195") "{4:\n:20:QRY1\n:21:ORD-771\n:75:/1/WHO IS THE PAYEE\n:11R:103\n261126\n1234000567\n-}"},
	{"MT196", OUTPUT("196") "{4:\n:20:ANS1\n:21:CNL1\n:76:/CNCL/\n:77A:DONE\n:11R:192\n261126\n-}"},
	{"MT199", INPUT("199") "{4:\n:20:FREE1\n:21:ORD-771\n:79:PLEASE PAY NOTHING.\n- THANK YOU\n-}"},
	{"MT292", INPUT("292") "{4:\n:20:CNL2\n:21:INST1\n:11S:202\n261126\n:20:INST1\n:58A:EPSIGB2L\n-}"},
	{"MT296", INPUT("296") "{4:\n:20:ANS2\n:21:CNL2\n:76:/RJCR/\n-}"},
	{"MT299", INPUT("299") "{4:\n:20:FREE2\n:79:HELLO\n-}"},
	{"MT900",
	 OUTPUT("900") "{4:\n:20:DEB1\n:21:ORD-771\n:25:456-78\n:32A:261126USD1250,5\n:52A:ALFABEBB\n:72:/X/Y\n-}"},
	{"MT910",
	 OUTPUT("910") "{4:\n:20:CRE1\n:21:R1\n:25P:456-78\nALFABEBB\n:13D:2611260915+0100\n:32A:261126USD7,\n" ORDERER
		       ":56A:BETADEFF\n-}"},
	{"MT940", OUTPUT("940") "{4:\n:20:STM1\n:25:456-78\n:28C:12/"
				"1\n:60F:C261125USD100,\n:61:2611261126D12,5S103ORD-771//B-1\n"
				"DETAIL\n:86:/EREF/E2E1\nSECOND\n:61:261126RD0,5FCHGNONREF\n:61:261126C3,NTRFX//"
				"Y\n:86:IN\n:62F:C261126USD91,\n"
				":64:C261126USD91,\n:65:C261127USD91,\n:86:END\n-}{5:{CHK:0123456789AB}}"},
	{"MT941", OUTPUT("941") "{4:\n:20:BAL1\n:25:456-78\n:28:12/"
				"1\n:13D:2611260915-0500\n:60F:C261126USD1,\n:90D:2USD3,\n:90C:1USD4,\n"
				":62F:C261126USD2,\n:65:C261127USD2,\n-}"},
	{"MT942",
	 OUTPUT("942") "{4:\n:20:INT1\n:25:456-78\n:28C:12/1\n:34F:USDD1,\n:34F:USDC2,\n:13D:2611260915+0100\n"
		       ":61:261126EC5,NTRFX//Y\n:86:IN\n:61:261126ED5,NTRFX\n:90D:1USD5,\n:90C:1USD5,\n:86:END\n-}"},
	{"MT950",
	 OUTPUT("950") "{4:\n:20:STM2\n:25:456-78\n:28C:12/2\n:60M:D261126USD1,\n:61:2611261126C2,S202INST1//B-2\n"
		       ":62M:C261126USD1,\n-}"},
	{"MT999", INPUT("999") "{4:\n:20:FREE3\n:79:GOOD DAY\n-}"},
};

enum { MT_SAMPLE_N = sizeof mt_samples / sizeof mt_samples[0] };

struct mt_fixture {
	struct cs_mt_plan *plan;
	struct cs_mt mt;
	struct cs_mt_field field[CS_MT_FIELDS_MAX];
	uint8_t bytes[MT_TEXT_CAP];
};

static inline struct mt_fixture *
mt_open(void)
{
	struct mt_fixture *f = calloc(1, sizeof *f);
	assert_non_null(f);
	f->plan = cs_mt_plan_new();
	assert_non_null(f->plan);
	cs_mt_init(&f->mt, f->plan, f->field, CS_MT_FIELDS_MAX);
	return f;
}

static inline void
mt_close(struct mt_fixture *f)
{
	cs_mt_plan_free(f->plan);
	free(f);
}

/* TEXT with CR LF for each "\n", in the fixture's room. */
static inline struct cs_span
mt_bytes(struct mt_fixture *f, const char *text)
{
	size_t n = 0;
	for (; *text; text++) {
		assert_true(n + 2 < sizeof f->bytes);
		if (*text == '\n')
			f->bytes[n++] = '\r';
		f->bytes[n++] = (uint8_t)*text;
	}
	return (struct cs_span){f->bytes, n};
}

/* The code of the first reason TEXT is refused for; "" when it is accepted. */
static inline const char *
mt_code(struct mt_fixture *f, const char *text)
{
	return cs_mt_decode(&f->mt, mt_bytes(f, text)) ? "" : f->mt.payment.reason[0].code;
}

static inline bool
mt_alerted(const struct mt_fixture *f, enum cs_payment_alert alert)
{
	return cs_payment_raised(&f->mt.payment, alert);
}

#endif
