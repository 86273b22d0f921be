// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "keys_actions.h"
#include "registry.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

namespace carma::cli {

namespace {

struct Action {
    std::string_view name;
    bool writes;
    std::size_t wordsMin, wordsMax;
    Result<ExitCode> (*run)(Store*, Session&, const KeysOptions&);
};
constexpr std::array<Action, 16> kActions{{
    {"create", true, 0, 0, keysCreate},
    {"list", false, 0, 0, keysList},
    {"show", false, 1, 1, keysShow},
    {"check", true, 0, 1, keysCheck},
    {"rotate", true, 1, 1, keysRotate},
    {"revoke", true, 1, 1, keysRevoke},
    {"suspend", true, 1, 1, keysSuspend},
    {"resume", true, 1, 1, keysResume},
    {"expire", true, 1, 1, keysExpire},
    {"credit", true, 1, 1, keysCredit},
    {"classes", false, 0, 0, keysClasses},
    {"class", true, 1, 1, keysClass},
    {"class-remove", true, 1, 1, keysClassRemove},
    {"compact", true, 0, 0, keysCompact},
    {"scan", false, 0, 1, keysScan},
    {"square", false, 0, 1, keysSquare},
}};

class KeysCommand final : public Command {
public:
    std::string_view name() const override { return "keys"; }
    CommandHelp help() const override
    {
        return {"store", "API keys: make, check, rotate, revoke, find leaked ones",
            "A key is carma_USER_pi_SEAT_perm_PERMISSION_meta_DIGITS_quantum_SECRET. What protects is the secret: 256 random bits. The "
            "store keeps an HMAC-SHA-256 of the key under a pepper that its master key wraps, and on the way TLS protects. All else only "
            "names: user and seat say whose key it is, the decimals of pi, the meta key and the magic square check and show; they carry "
            "no secrecy, and quantum is the name of a field.\n\n"
            "keys create makes a key and shows it once, on a terminal or in a new file that only you can read (--out FILE). keys list "
            "and keys show ID tell all about keys but the keys. keys check [FILE] decides about a use of the key in the file, of "
            "standard input (-) or typed in, counts it and takes its cost; exit code 1 if it is refused. With --offline it looks at "
            "form and check only, without a store. A key never stands on a command line.\n\n"
            "keys rotate ID gives a new secret for the same rights; the old key goes on for the --grace (0 to 7 days, 1 day by default; "
            "--now after a leak). keys suspend ID and keys resume ID stop it for a while, keys expire ID --at WHEN sets its end, keys "
            "revoke ID ends it for ever.\n\n"
            "keys credit ID --add N gives a key more uses. keys classes lists rate classes; keys class NAME --read 100/1s/200 --write "
            "20/1s "
            "--heavy 1/1m makes or changes one of the store's own (COUNT/TIME/BURST), keys class-remove NAME takes it away again. keys "
            "compact writes what all records of keys come to anew and purges the old ones, which counts of use add to. It is done unasked "
            "when they have become many.\n\n"
            "keys scan [PATH] finds keys that lie in files, in a tree or on standard input (-); exit code 1 if there are any. --match "
            "says which keys of the store they are, --pattern prints the pattern for other scanners. keys square [FILE] or --id ID "
            "draws the magic square that people compare.",
            {"carma keys create --owner anna --perm rw --out anna.key", "carma keys create --owner bot --scope read:letters --expires 90d",
                "carma keys check anna.key --operation write -n letters", "carma keys rotate 01M8AMNZ --grace 12h --out anna.key.new",
                "carma keys revoke 01M8AMNZ --reason 'in a public repository'", "carma keys scan ~/src --match",
                "carma keys square --id 01M8AMNZ --svg --out square.svg"},
            {ExitCode::Failed, ExitCode::NotFound, ExitCode::WrongKey, ExitCode::Busy, ExitCode::DamagedStore, ExitCode::Cancelled,
                ExitCode::LimitExceeded}};
    }
    void declare(Arguments& arguments) override
    {
        arguments.positional("ACTION", m_options.words,
            "create, list, show, check, rotate, revoke, suspend, resume, expire, credit, classes, class, class-remove, compact, scan or "
            "square, and what it acts on");
        arguments.option("--owner", m_options.owner, "NAME", "create: whose key; list: only keys of this owner");
        arguments.option("--perm", m_options.permission, "WHAT", "create: ro (default), rw, admin, svc or custom").choices = {
            "ro", "rw", "admin", "svc", "custom"};
        arguments.option("--scope", m_options.scopes, "SCOPE", "create: OPERATIONS[:NAMESPACE[:TAG]]; makes the key a custom one");
        arguments.option("--label", m_options.label, "TEXT", "create: what the key is for");
        arguments.option("--position", m_options.position, "SEAT", "create: the owner's seat (default: the next free one)");
        arguments.option("--expires", m_options.expires, "WHEN", "create: the end, a day (2027-03-01) or so long from now (90d)");
        arguments.option("--not-before", m_options.notBefore, "WHEN", "create: the beginning");
        arguments.option("--allow", m_options.allow, "NETWORK", "create: only from there, 10.1.0.0/16; may be given more than once");
        arguments.option(
            "--rate", m_options.rate, "CLASS", "create: rate class: global, standard (default), bulk, internal or one of the store's own");
        arguments.option("--add", m_options.add, "N", "credit: so many uses more");
        arguments.option("--read", m_options.read, "LIMIT", "class: of reads, COUNT/TIME or COUNT/TIME/BURST");
        arguments.option("--write", m_options.write, "LIMIT", "class: of writes");
        arguments.option("--heavy", m_options.heavy, "LIMIT", "class: of what reads or writes much at once");
        arguments.option("--quota", m_options.quota, "N", "create: so many uses a day");
        arguments.option("--credits", m_options.credits, "N", "create: so many uses in all");
        arguments.option("--count", m_options.count, "N", "create: so many keys at once, with owners NAME-1, NAME-2 and on");
        arguments.option("--out", m_options.out, "FILE", "create, rotate: write the key to this new file; square: the picture").kind =
            ValueKind::File;
        arguments.option("--grace", m_options.grace, "TIME", "rotate: how long the old key goes on (default: 1d)");
        arguments.flag("--now", m_options.now, "rotate: the old key ends at once");
        arguments.option("--reason", m_options.reason, "TEXT", "rotate, revoke, suspend: why");
        arguments.option("--at", m_options.at, "WHEN", "expire: the end; never takes it away");
        arguments.option("--operation", m_options.operation, "NAME", "check: what is to be done (default: read)").choices = {
            "read", "write", "forget", "heal", "keys", "usage", "audit", "network"};
        arguments.option("--tag", m_options.tag, "TAG", "check: on what");
        arguments.option("--from", m_options.from, "ADDRESS", "check: whence");
        arguments.option("--cost", m_options.cost, "N", "check: what it costs (default: 1)");
        arguments.flag("--offline", m_options.offline, "check: form and check only");
        arguments.option("--state", m_options.state, "STATE", "list: only keys of this state").choices = {
            "active", "grace", "suspended", "revoked", "expired"};
        arguments.option("--id", m_options.id, "ID", "square: of this key of the store");
        arguments.flag("--svg", m_options.svg, "square: as an SVG picture");
        arguments.flag("--match", m_options.match, "scan: say which keys of the store were found");
        arguments.flag("--pattern", m_options.pattern, "scan: print the pattern of keys for other scanners");
        arguments.flag("--dry-run", m_options.dryRun, "change and count nothing, only say what would be done");
    }
    Result<void> validate(const GlobalOptions& global) override;
    Result<ExitCode> run(Session& session) override;

private:
    [[nodiscard]] bool needsStore() const
    {
        const std::string_view action = m_action->name;
        return action == "scan"  ? m_options.match
            : action == "square" ? m_options.id.has_value()
                                 : !(action == "check" && m_options.offline);
    }

    KeysOptions m_options;
    const Action* m_action = nullptr;
};

Result<void> KeysCommand::validate(const GlobalOptions& global)
{
    for (const std::string& word : m_options.words) {
        if (word.find("_quantum_") != std::string::npos) {
            return Error{ErrorCode::InvalidArgument,
                "a key stands on the command line, where others see it and the history keeps it: rotate it with --now, and give keys as "
                "a FILE or on standard input"};
        }
    }
    if (m_options.words.empty()) {
        return Error{ErrorCode::InvalidArgument, "what is wanted of the keys? See carma keys --help"};
    }
    const std::string name = m_options.words.front();
    m_options.words.erase(m_options.words.begin());
    const auto* const found = std::ranges::find(kActions, std::string_view(name), &Action::name);
    if (found == kActions.end()) {
        return Error{ErrorCode::InvalidArgument, fmt::format("keys has no action '{}'; see carma keys --help", name)};
    }
    if (m_options.words.size() < found->wordsMin || m_options.words.size() > found->wordsMax) {
        return Error{ErrorCode::InvalidArgument,
            fmt::format("keys {} takes {}", name,
                found->wordsMax == 0            ? "no more words"
                    : found->wordsMin == 0      ? "one file"
                    : name.starts_with("class") ? "one name"
                                                : "one id")};
    }
    m_action = found;
    if (name == "create") {
        CARMA_TRY(newKeysOf(m_options));
    }
    if ((name == "create" || name == "rotate") && !m_options.dryRun) {
        CARMA_TRY(SecretOutput::checkPlace(m_options.out, global.json));
    }
    if (name == "expire" && !m_options.at) {
        return Error{ErrorCode::InvalidArgument, "keys expire needs --at WHEN"};
    }
    if (name == "credit" && !m_options.add) {
        return Error{ErrorCode::InvalidArgument, "keys credit needs --add N"};
    }
    if (name == "class") {
        CARMA_TRY(rateClassOf(m_options));
    }
    if (m_options.now && m_options.grace) {
        return Error{ErrorCode::InvalidArgument, "--now and --grace exclude each other"};
    }
    return {};
}

Result<ExitCode> KeysCommand::run(Session& session)
{
    if (!needsStore()) {
        return m_action->run(nullptr, session, m_options);
    }
    CARMA_TRY_ASSIGN(std::unique_ptr<Store> store, session.openStore(name(), !m_action->writes || m_options.dryRun));
    auto result = m_action->run(store.get(), session, m_options);
    const auto closed = store->close();
    if (result && !closed) {
        return closed.error().within("the store could not be closed");
    }
    return result;
}

} // namespace

std::unique_ptr<Command> makeKeysCommand() { return std::make_unique<KeysCommand>(); }

} // namespace carma::cli
