/*
 * ISO 20022 messages of our own making, for tests: one of each kind, small, and right in all that is looked at.
 */
#ifndef CS_TESTS_MX_MESSAGES_H
#define CS_TESTS_MX_MESSAGES_H

#define MX_XSD           "urn:iso:std:iso:20022:tech:xsd:"
#define MX_BIC(tag, bic) "<" tag "><FinInstnId><BICFI>" bic "</BICFI></FinInstnId></" tag ">"
#define MX_UETR          "0f1e2d3c-4b5a-4978-8a6b-5c4d3e2f1a0b"
#define MX_UETR_2        "1f1e2d3c-4b5a-4978-8a6b-5c4d3e2f1a0b"

#define MX_HEADER(definition, id, service)                                                                             \
	"<AppHdr xmlns='" MX_XSD "head.001.001.02'>"                                                                   \
	"<Fr><FIId><FinInstnId><BICFI>AAAABEBB</BICFI></FinInstnId></FIId></Fr>"                                       \
	"<To><FIId><FinInstnId><BICFI>BBBBDEFFXXX</BICFI></FinInstnId></FIId></To>"                                    \
	"<BizMsgIdr>" id "</BizMsgIdr><MsgDefIdr>" definition "</MsgDefIdr><BizSvc>" service "</BizSvc>"               \
	"<CreDt>2026-03-02T09:00:00+01:00</CreDt></AppHdr>"
#define MX_DOCUMENT(definition, body) "<Document xmlns='" MX_XSD definition "'>" body "</Document>"
#define MX_MESSAGE(definition, id, body)                                                                               \
	"<Msg>" MX_HEADER(definition, id, "swift.cbprplus.03") MX_DOCUMENT(definition, body) "</Msg>"

#define MX_GROUP(n, more)                                                                                              \
	"<GrpHdr><MsgId>MSG-1</MsgId><CreDtTm>2026-03-02T09:00:00Z</CreDtTm><NbOfTxs>" n "</NbOfTxs>" more             \
	"<SttlmInf><SttlmMtd>INDA</SttlmMtd></SttlmInf></GrpHdr>"
#define MX_TX_OF(instr, uetr, amount, more)                                                                            \
	"<CdtTrfTxInf><PmtId><InstrId>" instr "</InstrId><EndToEndId>E2E-1</EndToEndId><UETR>" uetr "</UETR></PmtId>"  \
	"<IntrBkSttlmAmt Ccy='EUR'>" amount "</IntrBkSttlmAmt><IntrBkSttlmDt>2026-03-03</IntrBkSttlmDt>" more          \
	"<ChrgBr>SHAR</ChrgBr>" MX_BIC("InstgAgt", "AAAABEBBXXX")                                                      \
		MX_BIC("InstdAgt",                                                                                     \
		       "BBBBDEFF") "<Dbtr><Nm>Muster &amp; "                                                           \
				   "Co</Nm><PstlAdr><TwnNm>Antwerpen</TwnNm><Ctry>BE</Ctry></PstlAdr></Dbtr>"          \
				   "<DbtrAcct><Id><IBAN>BE68539007547034</IBAN></Id></DbtrAcct>" MX_BIC("DbtrAgt",     \
													"AAAABEBB")    \
					   MX_BIC("CdtrAgt", "CCCCITMM") "<Cdtr><Nm>Esempio</Nm></Cdtr>"               \
									 "<CdtrAcct><Id><Othr><Id>4711</Id></Othr></"  \
									 "Id></CdtrAcct></CdtTrfTxInf>"
#define MX_PACS008_BODY(group, txs) "<FIToFICstmrCdtTrf>" group txs "</FIToFICstmrCdtTrf>"
#define MX_PACS008                                                                                                     \
	MX_MESSAGE("pacs.008.001.08", "MSG-1",                                                                         \
		   MX_PACS008_BODY(MX_GROUP("1", ""), MX_TX_OF("INSTR-1", MX_UETR, "1000.50", "")))

#define MX_PACS009_COV                                                                                                 \
	MX_MESSAGE(                                                                                                    \
		"pacs.009.001.08", "MSG-1",                                                                            \
		"<FICdtTrf>" MX_GROUP(                                                                                 \
			"1",                                                                                           \
			"") "<CdtTrfTxInf><PmtId><InstrId>C-1</InstrId><EndToEndId>E2E-1</EndToEndId><UETR>" MX_UETR   \
			    "</UETR></PmtId><IntrBkSttlmAmt "                                                          \
			    "Ccy='EUR'>5</IntrBkSttlmAmt><IntrBkSttlmDt>2026-03-03</IntrBkSttlmDt>" MX_BIC(            \
				    "InstgAgt", "AAAABEBB") MX_BIC("InstdAgt", "BBBBDEFF") MX_BIC("Dbtr", "AAAABEBB")  \
				    MX_BIC("Cdtr", "CCCCITMM") "<UndrlygCstmrCdtTrf><Dbtr><Nm>Muster</Nm></"           \
							       "Dbtr><DbtrAcct><Id><IBAN>BE68539007547034</IBAN></Id>" \
							       "</DbtrAcct>" MX_BIC("DbtrAgt", "AAAABEBB") MX_BIC(     \
								       "CdtrAgt",                                      \
								       "CCCCITMM") "<Cdtr><Nm>Esempio</Nm></Cdtr></"   \
										   "UndrlygCstmrCdtTrf></"             \
										   "CdtTrfTxInf></FICdtTrf>")

#define MX_PACS002                                                                                                     \
	MX_MESSAGE(                                                                                                    \
		"pacs.002.001.10", "MSG-1",                                                                            \
		"<FIToFIPmtStsRpt><GrpHdr><MsgId>MSG-1</MsgId><CreDtTm>2026-03-02T09:00:00Z</CreDtTm></GrpHdr>"        \
		"<TxInfAndSts><OrgnlGrpInf><OrgnlMsgId>O-1</OrgnlMsgId><OrgnlMsgNmId>pacs.008.001.08</OrgnlMsgNmId>"   \
		"</OrgnlGrpInf><OrgnlInstrId>INSTR-1</OrgnlInstrId><OrgnlEndToEndId>E2E-1</OrgnlEndToEndId>"           \
		"<OrgnlUETR>" MX_UETR "</OrgnlUETR><TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>AC04</Cd></Rsn></StsRsnInf>" \
		"</TxInfAndSts></FIToFIPmtStsRpt>")

#define MX_PACS004                                                                                                     \
	MX_MESSAGE("pacs.004.001.09", "MSG-1",                                                                         \
		   "<PmtRtr>" MX_GROUP("1", "") "<TxInf><RtrId>R-1</RtrId><OrgnlEndToEndId>E2E-1</OrgnlEndToEndId>"    \
						"<OrgnlUETR>" MX_UETR                                                  \
						"</OrgnlUETR><RtrdIntrBkSttlmAmt Ccy='EUR'>9.99</RtrdIntrBkSttlmAmt>"  \
						"<IntrBkSttlmDt>2026-03-03</IntrBkSttlmDt><RtrRsnInf><Rsn><Cd>AC04</"  \
						"Cd></Rsn></RtrRsnInf></TxInf>"                                        \
						"</PmtRtr>")

#define MX_CAMT056                                                                                                     \
	MX_MESSAGE(                                                                                                    \
		"camt.056.001.08", "MSG-1",                                                                            \
		"<FIToFIPmtCxlReq><Assgnmt><Id>MSG-1</Id><Assgnr>" MX_BIC(                                             \
			"Agt",                                                                                         \
			"AAAABEBB") "</Assgnr><Assgne>" MX_BIC("Agt",                                                  \
							       "BBBBDEFF") "</Assgne><CreDtTm>2026-03-02T09:00:00Z</"  \
									   "CreDtTm></Assgnmt>"                        \
									   "<Undrlyg><TxInf><Case><Id>CASE-1</"        \
									   "Id><Cretr>" MX_BIC(                        \
										   "Agt",                              \
										   "AAAABEBB") "</Cretr></Case>"       \
											       "<OrgnlEndToEndId>E2E-" \
											       "1</"                   \
											       "OrgnlEndToEndId><"     \
											       "OrgnlUETR>" MX_UETR    \
											       "</OrgnlUETR>"          \
											       "<CxlRsnInf><Rsn><Cd>"  \
											       "FRAD</Cd></Rsn></"     \
											       "CxlRsnInf></TxInf></"  \
											       "Undrlyg></"            \
											       "FIToFIPmtCxlReq>")

#define MX_CAMT029                                                                                                     \
	MX_MESSAGE(                                                                                                    \
		"camt.029.001.09", "MSG-1",                                                                            \
		"<RsltnOfInvstgtn><Assgnmt><Id>MSG-1</Id><Assgnr>" MX_BIC(                                             \
			"Agt",                                                                                         \
			"AAAABEBB") "</Assgnr><Assgne>" MX_BIC("Agt",                                                  \
							       "BBBBDEFF") "</Assgne><CreDtTm>2026-03-02T09:00:00Z</"  \
									   "CreDtTm></Assgnmt>"                        \
									   "<Sts><Conf>RJCR</Conf></"                  \
									   "Sts><CxlDtls><TxInfAndSts><"               \
									   "OrgnlEndToEndId>E2E-1</OrgnlEndToEndId>"   \
									   "<OrgnlUETR>" MX_UETR                       \
									   "</OrgnlUETR><CxlStsRsnInf><Rsn><Cd>CUST</" \
									   "Cd></Rsn></CxlStsRsnInf>"                  \
									   "</TxInfAndSts></CxlDtls></"                \
									   "RsltnOfInvstgtn>")

#define MX_BALANCE(type, amount, mark)                                                                                 \
	"<Bal><Tp><CdOrPrtry><Cd>" type "</Cd></CdOrPrtry></Tp><Amt Ccy='EUR'>" amount "</Amt><CdtDbtInd>" mark        \
	"</CdtDbtInd><Dt><Dt>2026-03-02</Dt></Dt></Bal>"
#define MX_ENTRY(amount, mark, status, more)                                                                           \
	"<Ntry><Amt Ccy='EUR'>" amount "</Amt><CdtDbtInd>" mark "</CdtDbtInd><Sts><Cd>" status "</Cd></Sts>"           \
	"<ValDt><Dt>2026-03-02</Dt></ValDt><AcctSvcrRef>BANK-1</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly>"         \
	"<Cd>RCDT</Cd><SubFmlyCd>XBCT</SubFmlyCd></Fmly></Domn></BkTxCd>" more "</Ntry>"
#define MX_DETAILS                                                                                                     \
	"<NtryDtls><TxDtls><Refs><InstrId>INSTR-1</InstrId><EndToEndId>E2E-1</EndToEndId><UETR>" MX_UETR "</UETR>"     \
	"</Refs><Amt Ccy='EUR'>50</Amt></TxDtls></NtryDtls>"
#define MX_CAMT053_OF(parts)                                                                                           \
	MX_MESSAGE("camt.053.001.08", "MSG-1",                                                                         \
		   "<BkToCstmrStmt><GrpHdr><MsgId>MSG-1</MsgId><CreDtTm>2026-03-02T20:00:00Z</CreDtTm></GrpHdr>"       \
		   "<Stmt><Id>S-1</Id><Acct><Id><IBAN>BE68539007547034</IBAN></Id><Ccy>EUR</Ccy></Acct>" parts         \
		   "</Stmt></BkToCstmrStmt>")
#define MX_CAMT053                                                                                                     \
	MX_CAMT053_OF(MX_BALANCE("OPBD", "100", "CRDT") MX_BALANCE("CLBD", "20", "DBIT")                               \
			      MX_ENTRY("50", "CRDT", "BOOK", MX_DETAILS) MX_ENTRY("170.00", "DBIT", "BOOK", "")        \
				      MX_ENTRY("7", "DBIT", "PDNG", ""))

#define MX_PAIN001                                                                                                     \
	MX_DOCUMENT(                                                                                                   \
		"pain.001.001.09",                                                                                     \
		"<CstmrCdtTrfInitn><GrpHdr><MsgId>MSG-1</MsgId><CreDtTm>2026-03-02T09:00:00Z</CreDtTm>"                \
		"<NbOfTxs>2</NbOfTxs><CtrlSum>30.5</CtrlSum><InitgPty><Nm>Muster</Nm></InitgPty></GrpHdr>"             \
		"<PmtInf><PmtInfId>P-1</PmtInfId><PmtMtd>TRF</PmtMtd><ReqdExctnDt><Dt>2026-03-04</Dt></ReqdExctnDt>"   \
		"<Dbtr><Nm>Muster</Nm></Dbtr><DbtrAcct><Id><IBAN>BE68539007547034</IBAN></Id></DbtrAcct>" MX_BIC(      \
			"DbtrAgt",                                                                                     \
			"AAAABEBB") "<CdtTrfTxInf><PmtId><EndToEndId>E2E-1</EndToEndId></PmtId><Amt><InstdAmt "        \
				    "Ccy='EUR'>10</InstdAmt></Amt>"                                                    \
				    "<Cdtr><Nm>Esempio</Nm></Cdtr></CdtTrfTxInf>"                                      \
				    "<CdtTrfTxInf><PmtId><EndToEndId>E2E-2</EndToEndId></PmtId><Amt><InstdAmt "        \
				    "Ccy='EUR'>20.50</InstdAmt>"                                                       \
				    "</Amt><Cdtr><Nm>Beispiel</Nm></Cdtr></CdtTrfTxInf></PmtInf></CstmrCdtTrfInitn>")

#endif
