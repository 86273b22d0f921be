// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "keys_actions.h"
#include "text.h"

#include <charconv>
#include <fmt/format.h>
#include <unistd.h>

namespace carma::cli {

namespace {

Result<KeyUse> useOf(const KeysOptions& options, const GlobalOptions& global)
{
    KeyUse use;
    for (unsigned i = 0; i < kKeyOperations; ++i) {
        if (options.operation && carma::name(static_cast<KeyOperation>(i)) == *options.operation) {
            use.operation = static_cast<KeyOperation>(i);
        }
    }
    use.space = global.space.value_or("");
    use.tag = options.tag.value_or("");
    use.address = options.from.value_or("");
    if (options.cost) {
        const std::string& text = *options.cost;
        const auto parsed = std::from_chars(text.data(), text.data() + text.size(), use.cost);
        if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() || use.cost == 0) {
            return Error{ErrorCode::InvalidArgument, "--cost takes a whole number from 1 on"};
        }
    }
    return use;
}

ExitCode tellVerdict(Printer& printer, const KeyVerdict& verdict, bool offline)
{
    Json json{{"accepted", verdict.accepted()}, {"refusal", carma::name(verdict.refusal)}, {"why", verdict.why},
        {"id", verdict.id.isNull() ? Json(nullptr) : Json(toString(verdict.id))}, {"offline", offline}};
    if (!offline) {
        json["remaining"] = verdict.limit.remaining;
        json["retry_after_us"] = verdict.limit.retryAfterUs;
        json["credits"] = verdict.creditsLeft ? Json(*verdict.creditsLeft) : Json(nullptr);
    }
    printer.document(json);
    if (verdict.accepted()) {
        printer.line(printer.good("accepted") +
            (offline ? std::string(" as to form and check; no store was asked") : fmt::format(": key {}", toString(verdict.id))));
    } else {
        printer.line(printer.bad("refused") + fmt::format(" ({}): {}", carma::name(verdict.refusal), escapeLine(verdict.why)));
    }
    return verdict.accepted() ? ExitCode::Ok : ExitCode::Failed;
}

/// What may be shown of a key that was found.
std::string shown(const KeyFinding& finding)
{
    if (!finding.whole) {
        return "has the form of a key, but its check does not hold";
    }
    return fmt::format(
        "carma_{}_pi_{}_perm_{}_... is a key", finding.parts.user, finding.parts.position, carma::name(finding.parts.permission));
}

class Findings {
public:
    Findings(Store* store, Session& session) : m_store(store), m_session(session) {}

    void add(const std::string& file, const KeyFinding& finding)
    {
        ++m_count;
        Json json{{"file", file}, {"line", finding.line}, {"column", finding.column}, {"offset", finding.offset}, {"whole", finding.whole}};
        std::string known;
        if (finding.whole) {
            json["user"] = finding.parts.user;
            json["position"] = finding.parts.position;
            json["permission"] = carma::name(finding.parts.permission);
            json["fingerprint"] = fmt::format("{:016x}", finding.parts.fingerprint);
            known = match(finding, json);
        }
        m_session.printer().line(fmt::format("{}:{}:{}: {}{}", escapeLine(file), finding.line, finding.column, shown(finding), known));
        if (m_session.printer().json() && m_list.size() < kListedMax) {
            m_list.push_back(json);
        }
    }
    [[nodiscard]] std::uint64_t count() const { return m_count; }
    [[nodiscard]] const Json& list() const { return m_list; }

private:
    static constexpr std::size_t kListedMax = 100'000;

    std::string match(const KeyFinding& finding, Json& json)
    {
        if (m_store == nullptr) {
            return {};
        }
        const auto infos = m_store->keys().find(finding.parts.fingerprint);
        if (!infos.has_value() || infos->empty()) {
            json["key"] = nullptr;
            return ", not of this store";
        }
        const KeyInfo& info = infos->front();
        json["key"] = toString(info.id);
        json["state"] = carma::name(info.state);
        return fmt::format(": {} of {}, {}", toString(info.id), escapeLine(info.owner), carma::name(info.state));
    }

    Store* m_store;
    Session& m_session;
    std::uint64_t m_count = 0;
    Json m_list = Json::array();
};

Result<KeyScanReport> scanStdin(Findings& findings, Session& session)
{
    constexpr std::size_t kPiece = 1U << 20U;
    Bytes buffer(kPiece);
    KeyScanReport report;
    report.files = 1;
    KeyScanner scanner([&](const KeyFinding& finding) { findings.add("-", finding); });
    for (;;) {
        const ssize_t got = ::read(STDIN_FILENO, buffer.data(), buffer.size());
        if (session.stopped()) {
            return Error{ErrorCode::Cancelled, "the scan was stopped"};
        }
        if (got <= 0) {
            break;
        }
        report.bytes += static_cast<std::uint64_t>(got);
        scanner.add(ByteView(buffer).first(static_cast<std::size_t>(got)));
    }
    scanner.finish();
    report.findings = findings.count();
    return report;
}

} // namespace

Result<ExitCode> keysCheck(Store* store, Session& session, const KeysOptions& options)
{
    CARMA_TRY_ASSIGN(const KeyUse use, useOf(options, session.options()));
    CARMA_TRY_ASSIGN(
        const SecretBytes text, readKeyText(options.words.empty() ? std::nullopt : std::optional(options.words.front()), session));
    if (store != nullptr) {
        CARMA_TRY_ASSIGN(const KeyVerdict verdict, store->keys().check(asText(text.view()), use));
        return tellVerdict(session.printer(), verdict, false);
    }
    KeyVerdict verdict;
    if (const auto parts = parseKey(asText(text.view())); !parts.has_value()) {
        verdict.refusal = KeyRefusal::Malformed;
        verdict.why = parts.error().message;
    }
    return tellVerdict(session.printer(), verdict, true);
}

Result<ExitCode> keysScan(Store* store, Session& session, const KeysOptions& options)
{
    Printer& printer = session.printer();
    if (options.pattern) {
        printer.document(Json{{"pattern", keyPattern()}});
        printer.line(keyPattern());
        return ExitCode::Ok;
    }
    const std::string path = options.words.empty() ? "." : options.words.front();
    Findings findings(store, session);
    const auto add = [&](const std::string& file, const KeyFinding& finding) { findings.add(file, finding); };
    CARMA_TRY_ASSIGN(const KeyScanReport report, path == "-" ? scanStdin(findings, session) : scanForKeys(path, add, session.task()));
    session.endProgress();
    printer.document(Json{{"files", report.files}, {"bytes", report.bytes}, {"findings", findings.count()}, {"found", findings.list()},
        {"unread", report.unread}});
    for (const std::string& problem : report.unread) {
        printer.note(problem);
    }
    printer.extra(fmt::format("{} in {} ({})", findings.count() == 0 ? std::string("no keys") : counted(findings.count(), "key"),
        counted(report.files, "file"), humanBytes(report.bytes)));
    return findings.count() == 0 && report.unread.empty() ? ExitCode::Ok : ExitCode::Failed;
}

} // namespace carma::cli
