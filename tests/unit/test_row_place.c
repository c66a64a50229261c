/*
 * Goal: parties and words of messages reach rows as cells, every field of them, in lines; each byte of a cell is told its field, line, column and
 * place in the file; card numbers are starred without moving anything; what is too much is said to be cut.
 * Method: messages of our own, SWIFT MT and ISO 20022, written back as parts with the places of given words; each byte held against the file.
 */
#include "mx_messages.h"

#include "check.h"

#include "decode/row_place.c"

enum { SAID_BYTES = 1 << 16 };

static const struct cs_row_column columns[] = {
	{.name = "ordering_party", .what = CS_ROW_CELL},
	{.name = "beneficiary_party", .what = CS_ROW_CELL},
	{.name = "ordering_bank_party", .what = CS_ROW_CELL},
	{.name = "beneficiary_bank_party", .what = CS_ROW_CELL},
	{.name = "other_bank_parties", .what = CS_ROW_CELL},
	{.name = "narrative", .what = CS_ROW_CELL},
	{.name = "remittance", .what = CS_ROW_CELL},
	{.name = "sender_to_receiver", .what = CS_ROW_CELL},
	{.name = "regulatory", .what = CS_ROW_CELL},
	{.name = "information", .what = CS_ROW_CELL},
	{.name = "supplementary", .what = CS_ROW_CELL},
	{.name = "kind", .what = CS_ROW_CELL},
	{.name = "amount", .what = CS_ROW_TEXT, .field = CS_FIELD_RRN, .shorten = true},
};

enum { COLUMN_N = sizeof columns / sizeof columns[0] };

static char said[SAID_BYTES];

/* "ordering_party 50K lines: /1|BO SAMPLE;" */
static void
say_part(struct cs_text *text, const struct cs_rows *rows, unsigned column, const struct cs_row_part *part)
{
	struct cs_row_place place;
	cs_rows_place(rows, column, part->at + part->text.len / 2, &place);
	cs_text_put(text, columns[column].name);
	cs_text_put(text, " ");
	cs_text_put(text, place.field);
	cs_text_put(text, part->what == CS_ROW_PART_LINES ? " lines: " : " id: ");
	for (size_t i = 0; i < part->text.len; i++)
		cs_text_put_char(text, part->text.at[i] < ' ' ? '|' : (char)part->text.at[i]);
	cs_text_put(text, part->cut ? "; cut\n" : ";\n");
}

/* Every byte of a cell stands where it is said to stand, but for stars, for what joins lines, and for references. */
static void
check_bytes(const struct cs_rows *rows, unsigned column, const struct cs_row_part *part)
{
	for (size_t i = 0; i < part->text.len; i++) {
		struct cs_row_place place;
		cs_rows_place(rows, column, part->at + i, &place);
		assert_true(place.line >= 1 && place.column >= 1 && place.placed);
		assert_true(place.offset < rows->fed.len);
		uint8_t was = rows->fed.at[place.offset], is = part->text.at[i];
		bool ours = is == '*' || is == '\n' || is == '\f' || is == ' ' || (is && strchr("/1234ATN", is));
		bool born = is >= '0' && is <= '9' && (was == '-' || (was >= '0' && was <= '9'));
		assert_true(was == is || was == '&' || ours || born);
	}
}

static unsigned
read_as(enum cs_row_form form, struct cs_span file)
{
	const struct cs_row_plan plan = {.form = (uint8_t)form, .file_ns = 1, .column_n = COLUMN_N, .column = columns};
	struct cs_rows *rows = cs_rows_new(&plan);
	struct cs_text text = cs_text_over(said, sizeof said);
	struct cs_row_fault fault;
	struct cs_event event;
	enum cs_error error;
	unsigned n = 0;
	assert_non_null(rows);
	cs_rows_feed(rows, file, true);
	while ((error = cs_rows_next(rows, &event, &fault)) == CS_OK) {
		struct cs_row_part part;
		n++;
		for (unsigned i = 0; i < COLUMN_N; i++)
			for (unsigned k = 0; pieces_of(rows, i).len && cs_rows_part(rows, i, k, &part); k++) {
				say_part(&text, rows, i, &part);
				check_bytes(rows, i, &part);
			}
	}
	if (error != CS_AGAIN)
		print_message("%s\n", fault.words);
	assert_int_equal(error, CS_AGAIN);
	assert_false(text.overflowed);
	cs_rows_free(rows);
	return n;
}

static bool
says(const char *line)
{
	bool found = strstr(said, line) != NULL;
	if (!found)
		print_message("no '%s' in:\n%s\n", line, said);
	return found;
}

/* Where WORD stands, the first time it does, in COLUMN of the first row: "50K 3:2 @117". */
static const char *
place_of(enum cs_row_form form, struct cs_span file, unsigned column, const char *word)
{
	static char out[128];
	const struct cs_row_plan plan = {.form = (uint8_t)form, .file_ns = 1, .column_n = COLUMN_N, .column = columns};
	struct cs_rows *rows = cs_rows_new(&plan);
	struct cs_row_fault fault;
	struct cs_event event;
	struct cs_row_place place;
	cs_rows_feed(rows, file, true);
	assert_int_equal(cs_rows_next(rows, &event, &fault), CS_OK);
	struct cs_span cell = cs_rows_cell(rows, column);
	const uint8_t *at = memmem(cell.at, cell.len, word, strlen(word));
	assert_non_null(at);
	cs_rows_place(rows, column, (size_t)(at - cell.at), &place);
	(void)snprintf(out, sizeof out, "%s %u:%u @%u", place.field, place.line, place.column, (unsigned)place.offset);
	cs_rows_free(rows);
	return out;
}

/* Where WORD stands in FILE, written as place_of does. */
static const char *
expect(const char *file, const char *field, const char *word)
{
	static char out[128];
	const char *at = strstr(file, word);
	assert_non_null(at);
	(void)snprintf(out, sizeof out, "%s @%u", field, (unsigned)(at - file));
	return out;
}

static const char payment[] =
	"{1:F01CSGNDEFFAXXX0042000123}{2:I103CSGNFRPPXXXXN}{4:\r\n"
	":20:ORDER0001\r\n:23B:CRED\r\n:32A:260302EUR1250,5\r\n:33B:EUR1250,5\r\n"
	":50F:/DE89370400440532013000\r\n1/ALMA EXAMPLE\r\n2/ROAD 1\r\n3/DE/BERLIN\r\n4/19700131\r\n"
	":52D:BANK OF SAMPLES\r\nOSLO\r\n:53B:/123\r\n:54A:CSGNFRPP\r\n:56A:CSGNITMM\r\n:57D://FW026009593\r\nOTHER "
	"BANK\r\n"
	":59:/FR1420041010050500013M02606\r\nBO SAMPLE\r\nATTN CY SPECIMEN\r\n:70:RENT 4111 1111\r\n1111 1111 OF DI\r\n"
	":71A:SHA\r\n:72:/BNF/FOR ED\r\n//PATTERN\r\n:77B:/ORDERRES/DE//FAY\r\n-}";

static void
test_a_payment(void **state)
{
	(void)state;
	assert_int_equal(read_as(CS_ROW_MT, cs_span_text(payment)), 1);
	assert_true(says("ordering_party 50F lines: /DE89370400440532013000||1/ALMA EXAMPLE||2/ROAD "
			 "1||3/DE/BERLIN||4/19700131;"));
	assert_true(says("beneficiary_party 59 lines: /FR1420041010050500013M02606||BO SAMPLE||ATTN CY SPECIMEN;"));
	assert_true(says("ordering_bank_party 52D lines: BANK OF SAMPLES||OSLO;"));
	assert_true(says("beneficiary_bank_party 57D lines: //FW026009593||OTHER BANK;"));
	assert_true(says("other_bank_parties 53B lines: /123;\nother_bank_parties 54A lines: CSGNFRPP;\n"
			 "other_bank_parties 56A lines: CSGNITMM;"));
	assert_true(says("narrative 70 lines: RENT 4111 11**||**** 1111 OF DI;"));
	assert_true(says("sender_to_receiver 72 lines: /BNF/FOR ED||//PATTERN;"));
	assert_true(says("regulatory 77B lines: /ORDERRES/DE//FAY;"));
}

static void
test_places_in_a_payment(void **state)
{
	(void)state;
	struct cs_span file = cs_span_text(payment);
	assert_string_equal(place_of(CS_ROW_MT, file, 0, "EXAMPLE"), expect(payment, "50F 2:8", "EXAMPLE"));
	assert_string_equal(place_of(CS_ROW_MT, file, 1, "SPECIMEN"), expect(payment, "59 3:9", "SPECIMEN"));
	assert_string_equal(place_of(CS_ROW_MT, file, 4, "CSGNITMM"), expect(payment, "56A 1:1", "CSGNITMM"));
	assert_string_equal(place_of(CS_ROW_MT, file, 5, "DI"), expect(payment, "70 2:14", "DI\r"));
	assert_string_equal(place_of(CS_ROW_MT, file, 7, "PATTERN"), expect(payment, "72 2:3", "PATTERN"));
}

/* Both ends of a cover: the banks' own and the customers' behind them. */
static void
test_a_cover(void **state)
{
	(void)state;
	assert_int_equal(
		read_as(CS_ROW_MT, cs_span_text("{1:F01CSGNDEFFAXXX0042000123}{2:I202CSGNFRPPXXXXN}"
						"{3:{119:COV}{121:3f1c6a52-8b0e-4c59-9d0a-1c2b3d4e5f60}}{4:\r\n"
						":20:R\r\n:21:S\r\n:32A:260302EUR1,\r\n:52A:CSGNDEFF\r\n"
						":58D:THE BANK\r\nOSLO\r\n:50K:ALMA\r\n:52D:HER BANK\r\n"
						":59:BO SAMPLE\r\n:70:X\r\n-}")),
		1);
	assert_true(says("beneficiary_party 58D lines: THE BANK||OSLO;\nbeneficiary_party 59 lines: BO SAMPLE;"));
	assert_true(says("ordering_bank_party 52A lines: CSGNDEFF;\nordering_bank_party 52D lines: HER BANK;"));
	assert_true(says("ordering_party 50K lines: ALMA;"));
}

static void
test_a_statement(void **state)
{
	(void)state;
	static const char file[] =
		":20:X\n:25:1\n:28C:1\n:60F:C260302EUR10,\n:61:260302C5,NTRFNONREF\nFOR BO\n:86:OF ALMA\nEX\n"
		":62F:C260302EUR15,\n";
	assert_int_equal(read_as(CS_ROW_STATEMENT, cs_span_text(file)), 2);
	assert_true(says("information 86 lines: OF ALMA|EX;\nsupplementary 61 lines: FOR BO;"));
}

/* Accounts stay, as in their own cells; a card number in a name does not. */
static void
test_card_numbers(void **state)
{
	(void)state;
	assert_int_equal(read_as(CS_ROW_MT, cs_span_text("{1:F01CSGNDEFFAXXX0042000123}{2:I103CSGNFRPPXXXXN}{4:\r\n"
							 ":20:R\r\n:23B:CRED\r\n:32A:260302EUR1,\r\n:33B:EUR1,\r\n"
							 ":50K:/4111111111111111\r\nALMA 4111111111111111\r\n"
							 ":59:BO\r\n:71A:SHA\r\n-}")),
			 1);
	assert_true(says("ordering_party 50K lines: /4111111111111111||ALMA 411111******1111;"));
}

#define TX                                                                                                             \
	"<CdtTrfTxInf><PmtId><InstrId>I</InstrId><EndToEndId>E</EndToEndId><UETR>" MX_UETR "</UETR></PmtId>"           \
	"<IntrBkSttlmAmt Ccy='EUR'>1</IntrBkSttlmAmt><IntrBkSttlmDt>2026-03-03</IntrBkSttlmDt><ChrgBr>SHAR</ChrgBr>"
#define MX(more) MX_MESSAGE("pacs.008.001.08", "MSG-1", MX_PACS008_BODY(MX_GROUP("1", ""), TX more "</CdtTrfTxInf>"))

static const char transfer[] =
	MX("<UltmtDbtr><Nm>Under &amp; Co</Nm></UltmtDbtr>"
	   "<Dbtr><Nm>J\xc3\xb6rg &lt;Muster&gt; &amp; "
	   "S\xc3\xb6hne</Nm><PstlAdr><StrtNm>Weg</StrtNm><TwnNm>Ulm</TwnNm><Ctry>DE</Ctry>"
	   "<AdrLine>Hof A</AdrLine><AdrLine>Haus "
	   "B</AdrLine></PstlAdr><Id><PrvtId><DtAndPlcOfBirth><BirthDt>1970-01-31</BirthDt>"
	   "<CityOfBirth>X</CityOfBirth><CtryOfBirth>DE</CtryOfBirth></DtAndPlcOfBirth><Othr><Id>P-77</Id></Othr></"
	   "PrvtId></Id>"
	   "<CtctDtls><Nm>Frau Kant</Nm></CtctDtls></Dbtr><DbtrAcct><Id><IBAN>BE68539007547034</IBAN></Id></DbtrAcct>"
	   "<DbtrAgt><FinInstnId><BICFI>AAAABEBB</BICFI><LEI>529900T8BM49AURSDO55</LEI></FinInstnId></DbtrAgt>"
	   "<CdtrAgt><FinInstnId><Nm>Banco <!-- - -->di <![CDATA[R&R]]></Nm></FinInstnId></CdtrAgt>"
	   "<Cdtr><Nm>Esempio</Nm></Cdtr><CdtrAcct><Id><Othr><Id>4711</Id></Othr></Id></CdtrAcct>"
	   "<InstrForCdtrAgt><InstrInf>pay Ed</InstrInf></InstrForCdtrAgt><InstrForNxtAgt><InstrInf>via "
	   "Fay</InstrInf></InstrForNxtAgt>"
	   "<RgltryRptg><Authrty><Nm>Office</Nm></Authrty><Dtls><Inf>goods of Gil</Inf></Dtls></RgltryRptg>"
	   "<RmtInf><Ustrd>rent of</Ustrd><Ustrd>Hal Ivor</Ustrd><Strd><Invcr><Nm>Jo "
	   "Ltd</Nm></Invcr><Invcee><Nm>Kim</Nm></Invcee>"
	   "<AddtlRmtInf>for Lou</AddtlRmtInf></Strd></RmtInf>");

static void
test_a_transfer(void **state)
{
	(void)state;
	assert_int_equal(read_as(CS_ROW_MX, cs_span_text(transfer)), 1);
	assert_true(says("ordering_party Dbtr/Nm lines: /BE68539007547034|1/J\xc3\xb6rg <Muster> & "
			 "S\xc3\xb6hne|2/ATTN Frau Kant|"
			 "2/Weg|2/Hof A|2/Haus B|2/Ulm|3/DE|4/19700131;\nordering_party Dbtr/Id id: P-77;"));
	assert_true(says("ordering_party UltmtDbtr/Nm lines: 1/Under & Co;"));
	assert_true(says("ordering_bank_party DbtrAgt/BICFI id: AAAABEBB;\nordering_bank_party DbtrAgt/LEI id: "
			 "529900T8BM49AURSDO55;"));
	assert_true(says("beneficiary_bank_party CdtrAgt/Nm lines: 1/Banco di R&R;"));
	assert_true(says("beneficiary_party Cdtr/Nm lines: /4711|1/Esempio;"));
	assert_true(says("narrative RmtInf/Ustrd lines: rent of Hal Ivor;"));
	assert_true(
		says("remittance RmtInf/Strd/AddtlRmtInf lines: for Lou;\nremittance RmtInf/Strd/Nm lines: Jo Ltd;\n"
		     "remittance RmtInf/Strd/Nm lines: Kim;"));
	assert_true(says("sender_to_receiver InstrForCdtrAgt/InstrInf lines: pay Ed;\n"
			 "sender_to_receiver InstrForNxtAgt/InstrInf lines: via Fay;"));
	assert_true(says("regulatory RgltryRptg/Inf lines: Office goods of Gil;"));
}

static void
test_places_in_a_transfer(void **state)
{
	(void)state;
	struct cs_span file = cs_span_text(transfer);
	assert_string_equal(place_of(CS_ROW_MX, file, 0, "Muster"), expect(transfer, "Dbtr/Nm 1:7", "Muster"));
	assert_string_equal(place_of(CS_ROW_MX, file, 0, "> &"), expect(transfer, "Dbtr/Nm 1:13", "&gt;"));
	assert_string_equal(place_of(CS_ROW_MX, file, 0, "hne"), expect(transfer, "Dbtr/Nm 1:19", "hne<"));
	assert_string_equal(place_of(CS_ROW_MX, file, 0, "Haus B"), expect(transfer, "Dbtr/AdrLine 2:1", "Haus B"));
	assert_string_equal(place_of(CS_ROW_MX, file, 0, "BE6853"), expect(transfer, "DbtrAcct/IBAN 1:1", "BE6853"));
	assert_string_equal(place_of(CS_ROW_MX, file, 3, "di"), expect(transfer, "CdtrAgt/Nm 1:7", "di <"));
	assert_string_equal(place_of(CS_ROW_MX, file, 3, "&R"), expect(transfer, "CdtrAgt/Nm 1:11", "&R]"));
	assert_string_equal(place_of(CS_ROW_MX, file, 5, "Ivor"), expect(transfer, "RmtInf/Ustrd 2:5", "Ivor"));
}

/* A return tells of the payment that comes back: who paid whom, and of the transfer that was covered by it. */
static const char returned[] = MX_MESSAGE(
	"pacs.004.001.10", "MSG-1",
	"<PmtRtr>" MX_GROUP(
		"2",
		"") "<TxInf><RtrId>R-1</RtrId><RtrdIntrBkSttlmAmt Ccy='EUR'>9.99</RtrdIntrBkSttlmAmt>"
		    "<RtrChain><Dbtr><Pty><Nm>Bo</Nm></Pty></Dbtr><Cdtr><Pty><Nm>Ann</Nm></Pty></Cdtr></RtrChain>"
		    "<OrgnlTxRef><RmtInf><Ustrd>rent of</Ustrd><Ustrd>Hal Ivor</Ustrd></RmtInf>"
		    "<UltmtDbtr><Pty><Nm>Ulla</Nm></Pty></UltmtDbtr>"
		    "<Dbtr><Pty><Nm>Ann &amp; Co</Nm><PstlAdr><Ctry>DE</Ctry></PstlAdr></Pty></Dbtr>"
		    "<DbtrAcct><Id><IBAN>BE68539007547034</IBAN></Id></DbtrAcct>"
		    "<DbtrAgt><FinInstnId><BICFI>AAAABEBB</BICFI></FinInstnId></DbtrAgt>"
		    "<CdtrAgt><FinInstnId><Nm>Banco Sur</Nm></FinInstnId></CdtrAgt>"
		    "<Cdtr><Agt><FinInstnId><Nm>Banco Norte</Nm></FinInstnId></Agt></Cdtr>"
		    "<UndrlygCstmrCdtTrf><Dbtr><Nm>Xenia</Nm></Dbtr><DbtrAgt><FinInstnId><BICFI>AAAABEBB</BICFI></"
		    "FinInstnId></DbtrAgt>"
		    "<PrvsInstgAgt1><FinInstnId><Nm>Between</Nm></FinInstnId></PrvsInstgAgt1>"
		    "<CdtrAgt><FinInstnId><BICFI>CCCCITMM</BICFI></FinInstnId></CdtrAgt><Cdtr><Nm>Yorick</Nm></Cdtr></"
		    "UndrlygCstmrCdtTrf>"
		    "</OrgnlTxRef></TxInf>"
		    "<TxInf><RtrId>R-2</RtrId><RtrdIntrBkSttlmAmt Ccy='EUR'>1</RtrdIntrBkSttlmAmt></TxInf></PmtRtr>");

static void
test_a_return(void **state)
{
	(void)state;
	struct cs_span file = cs_span_text(returned);
	assert_int_equal(read_as(CS_ROW_MX, file), 2);
	assert_true(says("ordering_party RtrChain/Dbtr/Nm lines: 1/Bo;\n"
			 "ordering_party OrgnlTxRef/DbtrAcct/IBAN lines: /BE68539007547034|1/Ann & Co|3/DE;\n"
			 "ordering_party OrgnlTxRef/UndrlygCstmrCdtTrf/Dbtr/Nm lines: 1/Xenia;\n"
			 "ordering_party OrgnlTxRef/UltmtDbtr/Nm lines: 1/Ulla;\n"));
	assert_true(says("beneficiary_party RtrChain/Cdtr/Nm lines: 1/Ann;\n"
			 "beneficiary_party OrgnlTxRef/Cdtr/Nm lines: 1/Banco Norte;\n"
			 "beneficiary_party OrgnlTxRef/UndrlygCstmrCdtTrf/Cdtr/Nm lines: 1/Yorick;\n"));
	assert_true(says("beneficiary_bank_party OrgnlTxRef/CdtrAgt/Nm lines: 1/Banco Sur;\n"
			 "beneficiary_bank_party OrgnlTxRef/UndrlygCstmrCdtTrf/CdtrAgt/BICFI id: CCCCITMM;\n"));
	assert_true(says("other_bank_parties OrgnlTxRef/UndrlygCstmrCdtTrf/PrvsInstgAgt1/Nm lines: 1/Between;\n"));
	assert_true(says("remittance OrgnlTxRef/RmtInf/Ustrd lines: rent of Hal Ivor;\n"));
	assert_null(strstr(said, "narrative"));                   /* that is of the transaction itself */
	assert_null(strstr(strstr(said, "Yorick") + 6, "Xenia")); /* and the second return has none of it */
	assert_string_equal(place_of(CS_ROW_MX, file, 0, "Xenia"),
			    expect(returned, "OrgnlTxRef/UndrlygCstmrCdtTrf/Dbtr/Nm 1:1", "Xenia"));
}

/* The parties of a pain.001 stand before its transactions, and count for each of them. */
static void
test_an_order(void **state)
{
	(void)state;
	assert_int_equal(
		read_as(CS_ROW_MX,
			cs_span_text(MX_DOCUMENT("pain.001.001.09",
						 "<CstmrCdtTrfInitn><GrpHdr><MsgId>M</"
						 "MsgId><CreDtTm>2026-03-02T09:00:00Z</CreDtTm><NbOfTxs>2</NbOfTxs>"
						 "<InitgPty><Nm>Ann</Nm></InitgPty></GrpHdr><PmtInf><PmtInfId>P</"
						 "PmtInfId><PmtMtd>TRF</PmtMtd>"
						 "<ReqdExctnDt><Dt>2026-03-03</Dt></ReqdExctnDt><Dbtr><Nm>Bo</Nm></"
						 "Dbtr><DbtrAcct><Id><Othr><Id>1</Id></Othr></Id></DbtrAcct>"
						 "<DbtrAgt><FinInstnId><Nm>Cob</Nm></FinInstnId></DbtrAgt>"
						 "<CdtTrfTxInf><PmtId><EndToEndId>E</EndToEndId></PmtId><Amt><InstdAmt "
						 "Ccy='EUR'>1</InstdAmt></Amt><Cdtr><Nm>Di</Nm></Cdtr></CdtTrfTxInf>"
						 "<CdtTrfTxInf><PmtId><EndToEndId>F</EndToEndId></PmtId><Amt><InstdAmt "
						 "Ccy='EUR'>1</InstdAmt></Amt><Cdtr><Nm>Ed</Nm></Cdtr></CdtTrfTxInf>"
						 "</PmtInf></CstmrCdtTrfInitn>"))),
		2);
	assert_true(
		says("ordering_party PmtInf/Dbtr/Nm lines: /1|1/Bo;\nordering_party GrpHdr/InitgPty/Nm lines: 1/Ann;\n"
		     "beneficiary_party Cdtr/Nm lines: 1/Di;\nordering_bank_party PmtInf/DbtrAgt/Nm lines: 1/Cob;"));
	assert_true(says("beneficiary_party Cdtr/Nm lines: 1/Ed;"));
}

static void
test_rows_of_csv(void **state)
{
	(void)state;
	static const struct cs_row_column name = {.name = "NAME", .what = CS_ROW_CELL};
	const struct cs_row_plan plan = {.form = CS_ROW_CSV, .separator = ',', .column_n = 1, .column = &name};
	struct cs_rows *rows = cs_rows_new(&plan);
	struct cs_row_fault fault;
	struct cs_event event;
	struct cs_row_part part;
	struct cs_row_place place;
	cs_rows_feed(rows, cs_span_text("NAME\n\"J\xc3\xb6rg \"\"B\"\"\n2\"\n\"\"\n"), true);
	assert_int_equal(cs_rows_next(rows, &event, &fault), CS_OK);
	assert_true(cs_rows_part(rows, 0, 0, &part));
	assert_true(cs_span_is(part.text, "J\xc3\xb6rg \"B\"\n2") && !part.cut && part.at == 0);
	assert_false(cs_rows_part(rows, 0, 1, &part));
	cs_rows_place(rows, 0, 6, &place);
	assert_string_equal(place.field, "NAME");
	assert_true(place.line == 1 && place.column == 6 && !place.placed);
	cs_rows_place(rows, 0, 10, &place);
	assert_true(place.line == 2 && place.column == 1);
	assert_int_equal(cs_rows_next(rows, &event, &fault), CS_OK);
	assert_false(cs_rows_part(rows, 0, 0, &part));
	cs_rows_free(rows);
}

/* More parties than there are pieces for: the cell says that it is cut. */
static void
test_too_many(void **state)
{
	(void)state;
	static char file[1 << 14];
	size_t n = (size_t)snprintf(file, sizeof file,
				    "{1:F01CSGNDEFFAXXX0042000123}{2:I210CSGNFRPPXXXXN}{4:\r\n:20:X\r\n:30:260302\r\n");
	for (unsigned i = 0; i < 70; i++)
		n += (size_t)snprintf(file + n, sizeof file - n, ":21:A\r\n:32B:EUR1,\r\n:50:B%u\r\n", i);
	n += (size_t)snprintf(file + n, sizeof file - n, "-}");
	assert_int_equal(read_as(CS_ROW_MT, (struct cs_span){(const uint8_t *)file, n}), 1);
	assert_true(says("ordering_party 50 lines: B0;\n"));
	assert_true(says("ordering_party 50 lines: B63; cut\n"));
	assert_null(strstr(said, "B64"));
}

/* A line without end, of a name that is longer than there is room for: what came before it stays. */
static void
test_a_line_without_end(void **state)
{
	(void)state;
	static struct cs_row_messages messages;
	static struct cs_rows rows;
	static uint8_t name[CS_ROW_LINES_BYTES];
	struct cs_row_lines lines;
	memset(messages.slot, CS_ROW_NO_SLOT, sizeof messages.slot);
	memset(rows.pieces_of, CS_ROW_NO_SLOT, sizeof rows.pieces_of);
	memset(name, 'A', sizeof name);
	messages.rows = &rows;
	messages.slot[CS_CELL_ORDERING_PARTY] = 0;
	rows.pieces_of[0] = 1;
	assert_false(cs_row_lines_begin(&messages, CS_CELL_BENEFICIARY_PARTY, &lines));
	assert_true(cs_row_lines_begin(&messages, CS_CELL_ORDERING_PARTY, &lines));
	cs_row_lines_part(&lines, CS_ROW_PART_LINES);
	cs_row_lines_put(&lines, "1/", cs_span_text("BO\nSAMPLE"), (struct cs_row_source){.line = 1});
	cs_row_lines_put(&lines, "2/", (struct cs_span){name, sizeof name}, (struct cs_row_source){.line = 1});
	cs_row_lines_put(&lines, "2/", (struct cs_span){NULL, 0}, (struct cs_row_source){.line = 1});
	cs_row_lines_end(&lines);
	assert_non_null(rows.cell[0].at);
	assert_true(cs_span_is((struct cs_span){rows.cell[0].at, rows.cell[0].len}, "1/BO SAMPLE"));
	assert_int_equal(messages.piece_n, 2);
	assert_true(messages.piece[0].cut);
}

/* Parties that fill all the room there is: what has no room is cut, and no part is longer than its cell. */
static void
test_no_room_for_parts(void **state)
{
	(void)state;
	static struct cs_row_messages messages;
	static uint8_t name[CS_ROW_LINES_BYTES];
	memset(name, 'A', sizeof name);
	for (size_t room = 0; room < 40; room++) {
		static const struct cs_row_plan plan = {.form = CS_ROW_MX, .column_n = COLUMN_N, .column = columns};
		static struct cs_rows rows;
		struct cs_row_lines lines;
		struct cs_row_part part;
		size_t parts_len = 0;
		bool cut = false;
		memset(&rows, 0, sizeof rows);
		memset(messages.slot, CS_ROW_NO_SLOT, sizeof messages.slot);
		memset(rows.pieces_of, CS_ROW_NO_SLOT, sizeof rows.pieces_of);
		cs_row_message_clear(&messages);
		messages.rows = &rows;
		rows.plan = &plan;
		messages.slot[CS_CELL_ORDERING_PARTY] = rows.column_slot[0] = 0;
		messages.slot[CS_CELL_BENEFICIARY_PARTY] = rows.column_slot[1] = 1;
		rows.pieces_of[0] = 2;
		rows.pieces_of[1] = 3;
		for (unsigned i = 0; i < 2; i++) {
			assert_true(cs_row_lines_begin(&messages,
						       i ? CS_CELL_BENEFICIARY_PARTY : CS_CELL_ORDERING_PARTY, &lines));
			cs_row_lines_part(&lines, CS_ROW_PART_LINES);
			if (!i)
				cs_row_lines_put(&lines, "", (struct cs_span){name, sizeof name - 1 - room},
						 (struct cs_row_source){.line = 1});
			for (unsigned k = 0; k < 4; k++) {
				cs_row_lines_part(&lines, k & 1 ? CS_ROW_PART_IDENTIFIER : CS_ROW_PART_LINES);
				cs_row_lines_put(&lines, "/", cs_span_text("CNTSDEF0XXX"),
						 (struct cs_row_source){.line = 1});
			}
			cs_row_lines_end(&lines);
			struct cs_span cell = cs_rows_cell(&rows, i);
			for (unsigned k = 0; cs_rows_part(&rows, i, k, &part); k++) {
				assert_true(part.at <= cell.len && part.text.len <= cell.len - part.at);
				parts_len += part.text.len;
				cut |= part.cut;
			}
		}
		assert_true(cut && parts_len >= sizeof name - 1 - room);
	}
}

/* Of words with a card number that are too long to be starred, what is left out is said to be missing. */
static void
test_words_too_long_to_star(void **state)
{
	(void)state;
	static char file[1 << 15];
	for (unsigned card = 0; card < 2; card++) {
		size_t n = (size_t)snprintf(file, sizeof file,
					    ":20:X\n:25:1\n:28C:1\n:60F:C260302EUR10,\n:61:260302C5,NTRFNONREF\n"
					    ":86:FOR %s",
					    card ? "4111111111111111" : "NOBODY");
		while (n < CS_ROW_WORDS_MAX + 256)
			n += (size_t)snprintf(file + n, sizeof file - n, " AND SO ON");
		n += (size_t)snprintf(file + n, sizeof file - n, " VAROE\n:62F:C260302EUR15,\n");
		assert_int_equal(read_as(CS_ROW_STATEMENT, (struct cs_span){(const uint8_t *)file, n}), 2);
		assert_int_equal(strstr(said, "VAROE") == NULL, card);
		assert_int_equal(strstr(said, "; cut\n") != NULL, card);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_payment),
		cmocka_unit_test(test_places_in_a_payment),
		cmocka_unit_test(test_a_cover),
		cmocka_unit_test(test_a_statement),
		cmocka_unit_test(test_card_numbers),
		cmocka_unit_test(test_a_transfer),
		cmocka_unit_test(test_a_return),
		cmocka_unit_test(test_an_order),
		cmocka_unit_test(test_places_in_a_transfer),
		cmocka_unit_test(test_rows_of_csv),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_a_line_without_end),
		cmocka_unit_test(test_no_room_for_parts),
		cmocka_unit_test(test_words_too_long_to_star),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
