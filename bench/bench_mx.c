/*
 * Goal: how many ISO 20022 messages a second one core decodes with all that their schemas ask, beside libxml2 that only
 * parses (SAX2), and libxml2 that builds a tree and validates it by the schemas.
 * Method: 400 variants of one pacs.008.001.08 with its head.001.001.02, indented, about 5.3 kB, other digits in each; whole
 * decode with key, alerts and rules; batches of 400, the programs in turn, pinned to one core; best and median of CPU time.
 * The schemas are those where COUNTERSIGN_SHARED says; without them that column is left out. docs/benchmarks.md tells
 * the rest.
 */
#include "decode/mx.h"
#include "measure.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlschemas.h>
#include <stdio.h>
#include <stdlib.h>

enum { VARIANTS = 400, TRIALS = 30, MESSAGE_CAP = 8192, PATH_BYTES = 1024, PROGRAMS = 3 };

/* What # stands for is another digit in each variant. */
static const char compact[] =
	"<Envelope xmlns=\"urn:example:envelope\">"
	"<h:AppHdr xmlns:h=\"urn:iso:std:iso:20022:tech:xsd:head.001.001.02\">"
	"<h:Fr><h:FIId><h:FinInstnId><h:BICFI>AAAABEBBXXX</h:BICFI></h:FinInstnId></h:FIId></h:Fr>"
	"<h:To><h:FIId><h:FinInstnId><h:BICFI>BBBBDEFFXXX</h:BICFI></h:FinInstnId></h:FIId></h:To>"
	"<h:BizMsgIdr>ORDER-2026-00004711</h:BizMsgIdr><h:MsgDefIdr>pacs.008.001.08</h:MsgDefIdr>"
	"<h:BizSvc>swift.cbprplus.03</h:BizSvc><h:CreDt>2026-03-02T09:##:##+01:00</h:CreDt></h:AppHdr>"
	"<p:Document xmlns:p=\"urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08\"><p:FIToFICstmrCdtTrf>"
	"<p:GrpHdr><p:MsgId>ORDER-2026-00004711</p:MsgId><p:CreDtTm>2026-03-02T09:##:##+01:00</p:CreDtTm>"
	"<p:NbOfTxs>1</p:NbOfTxs><p:SttlmInf><p:SttlmMtd>INDA</p:SttlmMtd></p:SttlmInf></p:GrpHdr>"
	"<p:CdtTrfTxInf><p:PmtId><p:InstrId>INSTR-########</p:InstrId><p:EndToEndId>INVOICE-########</p:EndToEndId>"
	"<p:UETR>########-####-4###-8###-############</p:UETR></p:PmtId>"
	"<p:PmtTpInf><p:InstrPrty>NORM</p:InstrPrty><p:SvcLvl><p:Cd>G001</p:Cd></p:SvcLvl></p:PmtTpInf>"
	"<p:IntrBkSttlmAmt Ccy=\"EUR\">1#####.##</p:IntrBkSttlmAmt><p:IntrBkSttlmDt>2026-03-03</p:IntrBkSttlmDt>"
	"<p:SttlmPrty>NORM</p:SttlmPrty><p:InstdAmt Ccy=\"EUR\">1#####.##</p:InstdAmt><p:ChrgBr>SHAR</p:ChrgBr>"
	"<p:ChrgsInf><p:Amt Ccy=\"EUR\">0.00</p:Amt><p:Agt><p:FinInstnId><p:BICFI>AAAABEBBXXX</p:BICFI></p:FinInstnId>"
	"</p:Agt></p:ChrgsInf>"
	"<p:InstgAgt><p:FinInstnId><p:BICFI>AAAABEBBXXX</p:BICFI></p:FinInstnId></p:InstgAgt>"
	"<p:InstdAgt><p:FinInstnId><p:BICFI>BBBBDEFFXXX</p:BICFI></p:FinInstnId></p:InstdAgt>"
	"<p:IntrmyAgt1><p:FinInstnId><p:BICFI>CCCCFRPPXXX</p:BICFI></p:FinInstnId></p:IntrmyAgt1>"
	"<p:UltmtDbtr><p:Nm>Verband der Muster und Beispiele</p:Nm><p:PstlAdr><p:TwnNm>Antwerpen</p:TwnNm>"
	"<p:Ctry>BE</p:Ctry></p:PstlAdr></p:UltmtDbtr>"
	"<p:Dbtr><p:Nm>Muster Handel NV</p:Nm><p:PstlAdr><p:StrtNm>Lange Strasse</p:StrtNm><p:BldgNb>##</p:BldgNb>"
	"<p:PstCd>2018</p:PstCd><p:TwnNm>Antwerpen</p:TwnNm><p:Ctry>BE</p:Ctry></p:PstlAdr></p:Dbtr>"
	"<p:DbtrAcct><p:Id><p:IBAN>BE68539007547034</p:IBAN></p:Id></p:DbtrAcct>"
	"<p:DbtrAgt><p:FinInstnId><p:BICFI>AAAABEBBXXX</p:BICFI></p:FinInstnId></p:DbtrAgt>"
	"<p:CdtrAgt><p:FinInstnId><p:BICFI>DDDDITMMXXX</p:BICFI></p:FinInstnId></p:CdtrAgt>"
	"<p:Cdtr><p:Nm>Esempio e Figli S.p.A.</p:Nm><p:PstlAdr><p:StrtNm>Via Lunga</p:StrtNm><p:BldgNb>##</p:BldgNb>"
	"<p:PstCd>20121</p:PstCd><p:TwnNm>Milano</p:TwnNm><p:Ctry>IT</p:Ctry></p:PstlAdr></p:Cdtr>"
	"<p:CdtrAcct><p:Id><p:IBAN>IT60X0542811101000000123456</p:IBAN></p:Id></p:CdtrAcct>"
	"<p:UltmtCdtr><p:Nm>Gruppo Esempio Holding</p:Nm><p:CtryOfRes>IT</p:CtryOfRes></p:UltmtCdtr>"
	"<p:Purp><p:Cd>GDDS</p:Cd></p:Purp><p:RltdRmtInf><p:RmtId>REMIT-########</p:RmtId></p:RltdRmtInf>"
	"<p:RmtInf><p:Ustrd>/ROC/INVOICE-########/URI/spare parts, delivery of February 2026</p:Ustrd></p:RmtInf>"
	"</p:CdtTrfTxInf></p:FIToFICstmrCdtTrf></p:Document></Envelope>";

struct message {
	char at[MESSAGE_CAP];
	size_t len;
};

struct schemas {
	xmlSchemaPtr header, document;
	xmlSchemaValidCtxtPtr header_context, document_context;
};

static struct message messages[VARIANTS];
static struct schemas schemas;
static struct cs_mx *mx;
static uint64_t seed = 42;

static void
put(struct message *m, const char *text, size_t len)
{
	memcpy(m->at + m->len, text, len);
	m->len += len;
}

/* One line and four blanks a level for each tag that another tag follows. */
static void
build(struct message *m)
{
	static const char blanks[] = "\n                                                            ";
	unsigned depth = 0;
	put(m, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>", 38);
	for (const char *p = compact; *p; p++) {
		bool tag = *p == '<';
		bool end = tag && p[1] == '/';
		depth -= end;
		if (tag && (p == compact || p[-1] == '>'))
			put(m, blanks, 1 + 4 * (size_t)depth);
		depth += tag && !end;
		seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		char digit = (char)('0' + (seed >> 33) % 6);
		put(m, *p == '#' ? &digit : p, 1);
	}
	put(m, "\n", 1);
}

/* --- the programs: each reads all variants and stops the run if one is not accepted --- */

static void
run_ours(void)
{
	static struct cs_payment payment;
	for (unsigned i = 0; i < VARIANTS; i++) {
		struct cs_span span = {(const uint8_t *)messages[i].at, messages[i].len};
		if (cs_mx_decode(mx, span, &payment) && !payment.alerts && payment.key[CS_PAYMENT_UETR].at)
			continue;
		fprintf(stderr, "bench_mx: not as it should be: %s at %zu\n", payment.reason[0].text,
			payment.reason[0].offset);
		exit(1);
	}
}

static void
count_text(void *context, const xmlChar *text, int len)
{
	(void)text;
	*(uint64_t *)context += (uint64_t)len;
}

static void
run_sax2(void)
{
	static xmlSAXHandler handler;
	handler.initialized = XML_SAX2_MAGIC;
	handler.characters = count_text;
	for (unsigned i = 0; i < VARIANTS; i++) {
		uint64_t count = 0;
		if (xmlSAXUserParseMemory(&handler, &count, messages[i].at, (int)messages[i].len) != 0 || count == 0)
			abort();
	}
}

static void
run_schema(void)
{
	for (unsigned i = 0; i < VARIANTS; i++) {
		xmlDoc *doc = xmlReadMemory(messages[i].at, (int)messages[i].len, "m", NULL, XML_PARSE_NONET);
		xmlNode *header = xmlFirstElementChild(xmlDocGetRootElement(doc));
		xmlNode *document = xmlNextElementSibling(header);
		if (xmlSchemaValidateOneElement(schemas.header_context, header) != 0 ||
		    xmlSchemaValidateOneElement(schemas.document_context, document) != 0)
			abort();
		xmlFreeDoc(doc);
	}
}

/* --- trials --- */

static xmlSchemaPtr
load(const char *name)
{
	char path[PATH_BYTES];
	const char *shared = getenv("COUNTERSIGN_SHARED");
	snprintf(path, sizeof path, "%s/data/payments/xsd/%s.xsd", shared ? shared : "", name);
	FILE *there = fopen(path, "rb");
	if (!there)
		return NULL;
	fclose(there);
	xmlSchemaParserCtxtPtr parser = xmlSchemaNewParserCtxt(path);
	xmlSchemaPtr schema = xmlSchemaParse(parser);
	xmlSchemaFreeParserCtxt(parser);
	return schema;
}

static void
report(const char *name, double value, const char *unit, const char *reference, double ratio)
{
	printf("{\"name\":\"%s\",\"value\":%.0f,\"unit\":\"%s\",\"reference\":\"%s\",\"ratio\":%.3f}\n", name, value,
	       unit, reference, ratio);
}

int
main(void)
{
	static void (*const programs[PROGRAMS])(void) = {run_ours, run_sax2, run_schema};
	static double times[PROGRAMS][TRIALS];
	measure_pin();
	for (unsigned i = 0; i < VARIANTS; i++)
		build(&messages[i]);
	mx = cs_mx_new();
	schemas.header = load("head.001.001.02");
	schemas.document = load("pacs.008.001.08");
	bool have = schemas.header && schemas.document;
	if (have) {
		schemas.header_context = xmlSchemaNewValidCtxt(schemas.header);
		schemas.document_context = xmlSchemaNewValidCtxt(schemas.document);
	}
	for (unsigned t = 0; t < TRIALS; t++) {
		for (unsigned p = 0; p < (have ? PROGRAMS : PROGRAMS - 1); p++) {
			double start = measure_s(CLOCK_PROCESS_CPUTIME_ID);
			programs[p]();
			times[p][t] = measure_s(CLOCK_PROCESS_CPUTIME_ID) - start;
		}
	}
	for (unsigned p = 0; p < PROGRAMS; p++)
		measure_sort(times[p], TRIALS);
	double ours = times[0][0];
	double bytes = (double)messages[0].len * VARIANTS;
	report("mx_pacs008_sax2", VARIANTS / times[1][0], "messages/s", "libxml2 SAX2, best", 1);
	report("mx_pacs008", VARIANTS / ours, "messages/s", "libxml2 SAX2, best", times[1][0] / ours);
	report("mx_pacs008_median", VARIANTS / times[0][TRIALS / 2], "messages/s", "libxml2 SAX2, median",
	       times[1][TRIALS / 2] / times[0][TRIALS / 2]);
	report("mx_pacs008_bytes", bytes / ours, "bytes/s", "libxml2 SAX2, best", times[1][0] / ours);
	if (have) {
		report("mx_pacs008_schema", VARIANTS / times[2][0], "messages/s", "libxml2 DOM and XSD, best", 1);
		report("mx_pacs008_checked", VARIANTS / ours, "messages/s", "libxml2 DOM and XSD, best",
		       times[2][0] / ours);
	} else {
		fputs("bench_mx: no schemas where COUNTERSIGN_SHARED says: libxml2 with XSD is left out\n", stderr);
	}
	fprintf(stderr, "bench_mx: %zu bytes a message\n", messages[0].len);
	cs_mx_free(mx);
	return 0;
}
