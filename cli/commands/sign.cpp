// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "files.h"
#include "registry.h"
#include "text.h"

#include <carma/signature.h>

#include <array>
#include <fmt/format.h>
#include <fstream>

namespace carma::cli {

namespace {

constexpr std::string_view kSignatureEnd = ".sig";
constexpr std::uint64_t kDocumentMebibytes = 4;

class SignCommand final : public Command {
public:
    std::string_view name() const override { return "sign"; }
    CommandHelp help() const override
    {
        return {"healing", "sign a file with the store's key, or check what was signed",
            "sign file FILE writes FILE.sig: name, size, SHA-256 and time of the file, signed with the store's Ed25519 key. The audit has "
            "an entry of it.\n\n"
            "sign check FILE tells whether a signature holds: that of --signature, else the one in FILE.sig or FILE.manifest.json, else "
            "the one that FILE itself carries: a certificate of erasure, a manifest, a checkpoint. With --key it needs no store; without, "
            "the key is this store's. Exit code 5 if it does not hold. Whether the time is right, only the store's clock knows.\n\n"
            "sign key shows the key that checks. Give it to others on another way than the signed files.",
            {"carma sign file report.pdf", "carma sign file report.pdf --out report.sig --reason 'for the auditor'", "carma sign key",
                "carma sign check report.pdf --key carma/01M8+1f2e3d4c+AbCd", "carma sign check certificate.json"},
            {ExitCode::NotFound, ExitCode::Unhealed, ExitCode::WrongKey, ExitCode::Busy, ExitCode::DamagedStore, ExitCode::Cancelled}};
    }
    void declare(Arguments& arguments) override
    {
        arguments.positional("ACTION", m_words, "file, check or key, and the file").kind = ValueKind::File;
        arguments.option("--out", m_out, "FILE", "file: write the signature here; - is standard output").kind = ValueKind::File;
        arguments.option("--reason", m_reason, "TEXT", "file: why, for the audit");
        arguments.option("--signature", m_signature, "FILE", "check: the signature").kind = ValueKind::File;
        arguments.option("--key", m_key, "KEY", "check: the signer's key as carma sign key shows it");
        arguments.flag("--dry-run", m_dryRun, "file: sign nothing, only say what would be signed");
    }
    Result<void> validate(const GlobalOptions& global) override;
    Result<ExitCode> run(Session& session) override;

private:
    Result<ExitCode> signFile(Session& session) const;
    Result<ExitCode> check(Session& session) const;
    Result<ExitCode> showKey(Session& session) const;
    [[nodiscard]] std::string signaturePath() const;

    std::vector<std::string> m_words;
    std::optional<std::string> m_out, m_reason, m_signature, m_key;
    bool m_dryRun = false;
    std::string m_action, m_file;
};

bool isThere(const std::string& path) { return std::ifstream(path).good(); }

Result<std::string> keyOfStore(Session& session)
{
    CARMA_TRY_ASSIGN(const std::unique_ptr<Store> store, session.openStore("sign", true));
    const AuditKeys keys = store->audit().keys();
    CARMA_TRY(store->close());
    return keys.log;
}

Result<void> SignCommand::validate(const GlobalOptions& /*global*/)
{
    m_action = m_words.empty() ? std::string() : m_words.front();
    if (m_action != "file" && m_action != "check" && m_action != "key") {
        return Error{ErrorCode::InvalidArgument, "sign takes file, check or key; see carma sign --help"};
    }
    const std::size_t words = m_action == "key" ? 1 : 2;
    if (m_words.size() != words) {
        return Error{ErrorCode::InvalidArgument, fmt::format("sign {} takes {}", m_action, words == 1 ? "nothing more" : "one file")};
    }
    m_file = m_words.back();
    if (m_action != "check" && (m_signature || m_key)) {
        return Error{ErrorCode::InvalidArgument, "--signature and --key belong to sign check"};
    }
    if (m_action != "file" && (m_out || m_reason || m_dryRun)) {
        return Error{ErrorCode::InvalidArgument, "--out, --reason and --dry-run belong to sign file"};
    }
    return {};
}

Result<ExitCode> SignCommand::run(Session& session)
{
    return m_action == "file" ? signFile(session) : m_action == "check" ? check(session) : showKey(session);
}

Result<ExitCode> SignCommand::showKey(Session& session) const
{
    CARMA_TRY_ASSIGN(const std::string key, keyOfStore(session));
    session.printer().document(Json{{"key", key}});
    session.printer().line(key);
    return ExitCode::Ok;
}

Result<ExitCode> SignCommand::signFile(Session& session) const
{
    CARMA_TRY_ASSIGN(const FileDigest digest, digestFile(m_file, session.task()));
    session.endProgress();
    const std::string out = m_out.value_or(m_file + std::string(kSignatureEnd));
    const FileToSign file{
        .name = m_file.substr(m_file.rfind('/') + 1), .bytes = digest.bytes, .sha256 = digest.sha256, .reason = m_reason.value_or("")};
    Printer& printer = session.printer();
    if (!m_dryRun) {
        CARMA_TRY_ASSIGN(const std::unique_ptr<Store> store, session.openStore("sign", false));
        CARMA_TRY_ASSIGN(const std::string signature, store->audit().sign(file));
        CARMA_TRY(store->close());
        if (out == "-") {
            printer.raw(signature);
            return ExitCode::Ok;
        }
        CARMA_TRY(writeText(session, out, signature));
    }
    printer.document(
        Json{{"dry_run", m_dryRun}, {"file", m_file}, {"bytes", file.bytes}, {"sha256", toHex(file.sha256)}, {"signature", out}});
    printer.line(fmt::format("{} {}, SHA-256 {}", escapeLine(m_file), m_dryRun ? "would be signed" : "is signed", toHex(file.sha256)));
    return ExitCode::Ok;
}

/// The file with the signature; the file itself if nothing beside it has one.
std::string SignCommand::signaturePath() const
{
    if (m_signature) {
        return *m_signature;
    }
    for (const std::string_view end : {kSignatureEnd, std::string_view(".manifest.json")}) {
        if (isThere(m_file + std::string(end))) {
            return m_file + std::string(end);
        }
    }
    return m_file;
}

Result<ExitCode> SignCommand::check(Session& session) const
{
    const std::string path = signaturePath();
    CARMA_TRY_ASSIGN(const std::string text, readText(path, kDocumentMebibytes));
    CARMA_TRY_ASSIGN(const std::string key, m_key ? Result<std::string>(*m_key) : keyOfStore(session));
    auto opened = openSigned(text, key);
    std::string problem;
    if (!opened.has_value() && opened.error().code == ErrorCode::InvalidArgument) {
        return opened.error();
    }
    if (!opened.has_value()) {
        problem = opened.error().message;
    } else if (path != m_file) {
        CARMA_TRY_ASSIGN(const FileDigest digest, digestFile(m_file, session.task()));
        session.endProgress();
        problem = opened->sha256 == toHex(digest.sha256) ? "" : fmt::format("{} is not the file that was signed", m_file);
    }
    const SignedDocument shown = opened.has_value() ? *opened : SignedDocument{};
    Printer& printer = session.printer();
    printer.document(Json{{"holds", problem.empty()}, {"signature", path}, {"kind", shown.kind}, {"store", shown.store},
        {"file", shown.file}, {"sha256", shown.sha256}, {"time", shown.time}, {"problem", problem}});
    if (!problem.empty()) {
        printer.line(printer.bad("does not hold: ") + escapeLine(problem));
        return ExitCode::Unhealed;
    }
    printer.line(printer.good("holds: ") +
        escapeLine(fmt::format("{}{}{} of store {}{}", shown.kind, shown.file.empty() ? "" : " ", shown.file, shown.store,
            shown.time.empty() ? "" : ", " + shown.time)));
    return ExitCode::Ok;
}

} // namespace

std::unique_ptr<Command> makeSignCommand() { return std::make_unique<SignCommand>(); }

} // namespace carma::cli
