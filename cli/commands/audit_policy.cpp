// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit_actions.h"
#include "text.h"

#include <charconv>
#include <fmt/format.h>

namespace carma::cli {

namespace {

Json toJson(const AuditPolicy& policy)
{
    Json json{{"queries", policy.queries}, {"shows", policy.shows}, {"exports", policy.exports}};
    for (std::size_t i = 0; i < policy.retentionDays.size(); ++i) {
        json["days"][std::string(carma::name(static_cast<AuditClass>(i)))] = policy.retentionDays.at(i);
    }
    return json;
}

Result<void> apply(const std::string& setting, AuditPolicy& policy)
{
    const Error wrong{ErrorCode::InvalidArgument,
        fmt::format("'{}' is no setting: queries, shows, exports = yes or no; change, access, security = days", setting)};
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos) {
        return wrong;
    }
    const std::string name = setting.substr(0, equals);
    const std::string value = setting.substr(equals + 1);
    for (const auto& [known, target] :
        {std::pair("queries", &policy.queries), std::pair("shows", &policy.shows), std::pair("exports", &policy.exports)}) {
        if (name == known && (value == "yes" || value == "no")) {
            *target = value == "yes";
            return {};
        }
    }
    for (std::size_t i = 0; i < policy.retentionDays.size(); ++i) {
        constexpr std::uint32_t kDaysMax = 36'500; // a century; 0 is for ever
        std::uint32_t days = 0;
        const auto parsed = std::from_chars(value.data(), value.data() + value.size(), days);
        const bool whole = parsed.ec == std::errc{} && parsed.ptr == value.data() + value.size();
        if (name == carma::name(static_cast<AuditClass>(i)) && whole && days <= kDaysMax) {
            policy.retentionDays.at(i) = days;
            return {};
        }
    }
    return wrong;
}

} // namespace

Result<ExitCode> auditPolicy(Store& store, Session& session, const AuditOptions& options)
{
    CARMA_TRY_ASSIGN(AuditPolicy policy, store.audit().policy());
    for (const std::string& setting : options.settings) {
        CARMA_TRY(apply(setting, policy));
    }
    if (!options.settings.empty() && !options.dryRun) {
        CARMA_TRY(store.audit().setPolicy(policy));
    }
    Printer& printer = session.printer();
    printer.document(toJson(policy));
    const auto word = [](bool on) { return on ? "yes" : "no"; };
    printer.line(fmt::format("queries   {}\nshows     {}\nexports   {}", word(policy.queries), word(policy.shows), word(policy.exports)));
    for (std::size_t i = 0; i < policy.retentionDays.size(); ++i) {
        const std::uint32_t days = policy.retentionDays.at(i);
        printer.line(fmt::format(
            "{:<9} {}", carma::name(static_cast<AuditClass>(i)), days == 0 ? std::string("kept for ever") : counted(days, "day")));
    }
    return ExitCode::Ok;
}

Result<ExitCode> auditHolds(Store& store, Session& session, const AuditOptions& /*options*/)
{
    CARMA_TRY_ASSIGN(const std::vector<LegalHold> holds, store.audit().holds());
    Json list = Json::array();
    for (const LegalHold& hold : holds) {
        const std::string document = hold.document.isNull() ? "" : toString(hold.document);
        list.push_back(
            {{"namespace_id", toString(hold.space)}, {"document", document}, {"reason", hold.reason}, {"placed_us", hold.placedUs}});
        session.printer().line(fmt::format("{}  {}  {}", localTime(hold.placedUs),
            document.empty() ? "namespace " + toString(hold.space) : "document " + document, escapeLine(hold.reason)));
    }
    session.printer().document(list);
    session.printer().extra(counted(holds.size(), "legal hold"));
    return ExitCode::Ok;
}

Result<ExitCode> auditHold(Store& store, Session& session, const AuditOptions& options)
{
    if (!options.reason || options.reason->empty()) {
        return Error{ErrorCode::InvalidArgument, "a legal hold needs a --reason"};
    }
    if (!options.dryRun) {
        CARMA_TRY(store.audit().hold(options.words.front(), *options.reason));
    }
    session.printer().document(Json{{"held", options.words.front()}, {"dry_run", options.dryRun}});
    session.printer().line(fmt::format("{} {}", escapeLine(options.words.front()), options.dryRun ? "would be held" : "is held"));
    return ExitCode::Ok;
}

Result<ExitCode> auditRelease(Store& store, Session& session, const AuditOptions& options)
{
    if (!options.dryRun) {
        CARMA_TRY(store.audit().release(options.words.front(), options.reason.value_or("")));
    }
    session.printer().document(Json{{"released", options.words.front()}, {"dry_run", options.dryRun}});
    session.printer().line(
        fmt::format("{} {}", escapeLine(options.words.front()), options.dryRun ? "would be released" : "is held no more"));
    return ExitCode::Ok;
}

Result<ExitCode> auditPrune(Store& store, Session& session, const AuditOptions& options)
{
    CARMA_TRY_ASSIGN(const std::uint64_t over, store.audit().prune(true, session.task()));
    session.endProgress();
    Printer& printer = session.printer();
    if (!options.dryRun && over > 0) {
        CARMA_TRY_ASSIGN(const bool agreed,
            session.confirmed(fmt::format("{} will be removed for good.", counted(over, "audit entry", "audit entries"))));
        if (!agreed) {
            return Error{ErrorCode::Cancelled, "nothing was removed"};
        }
        CARMA_TRY(store.audit().prune(false, session.task()));
    }
    printer.document(Json{{"entries", over}, {"dry_run", options.dryRun}});
    printer.line(fmt::format("{} {}", counted(over, "entry", "entries"), options.dryRun ? "would be removed" : "removed"));
    return ExitCode::Ok;
}

} // namespace carma::cli
