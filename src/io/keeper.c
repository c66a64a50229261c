/*
 * Question and answer over a pair of sockets, one at a time; each is one packet, so that none is ever cut.
 *
 * The keeper is a grandchild: nobody needs to wait for it, which the sandbox would not allow. It does not heed the
 * signals that end its asker, since what is written last is signed as well; when the socket is closed it ends. The asker
 * uses reads, writes and polls only.
 */
#include "io/keeper.h"

#include "io/file.h"
#include "io/sandbox.h"
#include "io/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum question { QUESTION_SIGN = 1, QUESTION_MAC = 2 };
enum { SOCKET_IN_KEEPER = 3 };

struct request {
	uint32_t question;
	uint32_t len;
	uint8_t at[CS_KEEPER_BYTES_MAX];
};

struct reply {
	uint32_t error;
	uint8_t at[CS_PKCS11_SIGNATURE_BYTES];
	char said[CS_KEEPER_SAID_BYTES];
};

/* Either side has one, in locked memory: a MAC is a key. */
struct cs_keeper {
	int socket; /* -1: not to be asked any more */
	uint8_t public_key[CS_PKCS11_PUBLIC_BYTES];
	struct request request;
	struct reply reply;
};

static enum cs_error
give_up(struct cs_keeper *keeper, const char *why)
{
	struct cs_text text = cs_text_over(keeper->reply.said, sizeof keeper->reply.said);
	cs_text_put(&text, why);
	if (keeper->socket >= 0)
		cs_file_close(keeper->socket);
	keeper->socket = -1;
	return CS_E_READ;
}

/* Waits for the answer to what was asked. */
static enum cs_error
listen_to(struct cs_keeper *keeper)
{
	struct pollfd wanted = {keeper->socket, POLLIN, 0};
	size_t got = 0;
	int n;
	do
		n = poll(&wanted, 1, CS_KEEPER_WAIT_MS);
	while (n < 0 && errno == EINTR);
	if (n == 0)
		return give_up(keeper, "the token has not answered for 10 s; look at it and start again");
	enum cs_error error = cs_file_read_some(keeper->socket, &keeper->reply, sizeof keeper->reply, &got);
	if (n < 0 || error != CS_OK || got != sizeof keeper->reply || keeper->reply.error >= CS_ERROR_N)
		return give_up(keeper, "the process that holds the token has ended; start again");
	keeper->reply.said[sizeof keeper->reply.said - 1] = '\0';
	return (enum cs_error)keeper->reply.error;
}

/* A write to a keeper that has ended is an error like any other, and no signal. */
static enum cs_error
write_request(const struct cs_keeper *keeper, size_t len)
{
	struct sigaction ignore = {.sa_handler = SIG_IGN};
	struct sigaction before;
	if (sigaction(SIGPIPE, &ignore, &before) != 0)
		return CS_E_WRITE;
	enum cs_error error = cs_file_write_all(keeper->socket, &keeper->request, len);
	(void)sigaction(SIGPIPE, &before, NULL);
	return error;
}

static enum cs_error
ask(struct cs_keeper *keeper, enum question question, struct cs_span bytes, uint8_t *out, size_t len)
{
	if (bytes.len > sizeof keeper->request.at)
		return CS_E_LIMIT;
	if (keeper->socket < 0)
		return CS_E_READ;
	keeper->request.question = question;
	keeper->request.len = (uint32_t)bytes.len;
	if (bytes.len)
		memcpy(keeper->request.at, bytes.at, bytes.len);
	if (write_request(keeper, offsetof(struct request, at) + bytes.len) != CS_OK)
		return give_up(keeper, "the process that holds the token has ended; start again");
	CS_TRY(listen_to(keeper));
	memcpy(out, keeper->reply.at, len);
	explicit_bzero(keeper->reply.at, sizeof keeper->reply.at);
	return CS_OK;
}

static void
answer(struct cs_keeper *keeper, struct cs_pkcs11 *pkcs11, size_t got)
{
	const struct request *request = &keeper->request;
	struct reply *reply = &keeper->reply;
	struct cs_text said = cs_text_over(reply->said, sizeof reply->said);
	struct cs_span bytes = {request->at, request->len};
	reply->error = CS_E_FORMAT;
	if (got != offsetof(struct request, at) + (size_t)request->len)
		return;
	if (request->question == QUESTION_SIGN)
		reply->error = cs_pkcs11_sign(pkcs11, bytes, reply->at);
	if (request->question == QUESTION_MAC)
		reply->error = cs_pkcs11_mac(pkcs11, bytes, reply->at);
	cs_text_put(&said, reply->error == CS_OK ? "" : cs_pkcs11_fault(pkcs11));
}

static bool
send_reply(struct cs_keeper *keeper)
{
	enum cs_error error = cs_file_write_all(keeper->socket, &keeper->reply, sizeof keeper->reply);
	explicit_bzero(keeper->reply.at, sizeof keeper->reply.at);
	return error == CS_OK;
}

/* Nothing of the asker's is kept open, and nothing but the closed socket ends a keeper. */
static void
settle(int socket)
{
	int nowhere = open("/dev/null", O_RDWR);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGINT, SIG_IGN);
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
	(void)prctl(PR_SET_NAME, "cs-keeper");
	(void)dup2(nowhere, STDIN_FILENO);
	(void)dup2(nowhere, STDOUT_FILENO);
	if (dup2(socket, SOCKET_IN_KEEPER) != SOCKET_IN_KEEPER || close_range(SOCKET_IN_KEEPER + 1, ~0U, 0) != 0)
		_exit(1);
}

/* The life of a keeper. */
static _Noreturn void
keep(const struct cs_pkcs11_wish *wish, int socket)
{
	struct cs_keeper *keeper = cs_secret_memory(sizeof *keeper);
	struct cs_pkcs11 *pkcs11 = NULL;
	size_t got = 0;
	settle(socket);
	if (!keeper || cs_sandbox_no_dumps() != CS_OK)
		_exit(1);
	keeper->socket = SOCKET_IN_KEEPER;
	struct cs_text said = cs_text_over(keeper->reply.said, sizeof keeper->reply.said);
	keeper->reply.error = cs_pkcs11_open(wish, &said, &pkcs11);
	if (pkcs11)
		cs_pkcs11_public(pkcs11, keeper->reply.at);
	while (send_reply(keeper) && pkcs11) {
		if (cs_file_read_some(keeper->socket, &keeper->request, sizeof keeper->request, &got) != CS_OK || !got)
			break;
		answer(keeper, pkcs11, got);
	}
	cs_pkcs11_close(pkcs11);
	cs_secret_release(keeper);
	_exit(0);
}

/* Two forks: the one between ends at once and is waited for here. */
static bool
start(const struct cs_pkcs11_wish *wish, int socket)
{
	int status = -1;
	pid_t between = fork();
	if (between == 0) {
		pid_t keeper = fork();
		if (keeper == 0)
			keep(wish, socket);
		_exit(keeper < 0);
	}
	return between > 0 && waitpid(between, &status, 0) == between && status == 0;
}

enum cs_error
cs_keeper_open(const struct cs_pkcs11_wish *wish, struct cs_text *note, struct cs_keeper **out)
{
	int pair[2];
	struct cs_keeper *keeper = cs_secret_memory(sizeof *keeper);
	if (!keeper)
		return CS_E_MEMORY;
	keeper->socket = -1;
	enum cs_error error = CS_E_READ;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0) {
		bool started = start(wish, pair[1]);
		keeper->socket = pair[0];
		cs_file_close(pair[1]);
		error = started ? listen_to(keeper) : give_up(keeper, "no process can be started to hold the token");
	}
	cs_text_put(note, keeper->reply.said);
	if (error != CS_OK) {
		cs_keeper_close(keeper);
		return error;
	}
	memcpy(keeper->public_key, keeper->reply.at, sizeof keeper->public_key);
	keeper->reply.said[0] = '\0';
	*out = keeper;
	return CS_OK;
}

void
cs_keeper_close(struct cs_keeper *keeper)
{
	if (keeper && keeper->socket >= 0)
		cs_file_close(keeper->socket);
	cs_secret_release(keeper);
}

void
cs_keeper_public(const struct cs_keeper *keeper, uint8_t out[CS_PKCS11_PUBLIC_BYTES])
{
	memcpy(out, keeper->public_key, CS_PKCS11_PUBLIC_BYTES);
}

enum cs_error
cs_keeper_sign(struct cs_keeper *keeper, struct cs_span bytes, uint8_t out[CS_PKCS11_SIGNATURE_BYTES])
{
	return ask(keeper, QUESTION_SIGN, bytes, out, CS_PKCS11_SIGNATURE_BYTES);
}

enum cs_error
cs_keeper_mac(struct cs_keeper *keeper, struct cs_span label, uint8_t out[CS_PKCS11_MAC_BYTES])
{
	return ask(keeper, QUESTION_MAC, label, out, CS_PKCS11_MAC_BYTES);
}

const char *
cs_keeper_fault(const struct cs_keeper *keeper)
{
	return keeper->reply.said;
}
