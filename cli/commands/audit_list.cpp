// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit_actions.h"
#include "durations.h"
#include "files.h"
#include "text.h"

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <ctime>
#include <fmt/format.h>
#include <fstream>
#include <mutex>

namespace carma::cli {

namespace {

constexpr auto kFollowEvery = std::chrono::milliseconds(500);
constexpr std::int64_t kUsASecond = 1'000'000;

/// "2026-03-01", "2026-03-01T12:30:00" (UTC), or "7d" for that long ago.
Result<std::int64_t> parseWhen(const std::string& text)
{
    std::tm parts{};
    for (const char* form : {"%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"}) {
        parts = {};
        const char* end = ::strptime(text.c_str(), form, &parts);
        if (end != nullptr && *end == '\0') {
            return static_cast<std::int64_t>(::timegm(&parts)) * kUsASecond;
        }
    }
    CARMA_TRY_ASSIGN(const std::int64_t ago, parseDuration(text));
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(now).count() - ago;
}

Json toJson(const AuditEntry& entry)
{
    return Json{{"id", entry.sequence}, {"time_us", entry.timeUs}, {"state", carma::name(entry.state)}, {"action", entry.action},
        {"class", carma::name(entry.kind)}, {"outcome", carma::name(entry.outcome)}, {"object", entry.object}, {"request", entry.requestId},
        {"namespace_id", entry.spaceId}, {"namespace", entry.space}, {"actor", entry.actor}, {"subject", entry.subject},
        {"detail", entry.detail}, {"reason", entry.reason}, {"before", entry.before}, {"after", entry.after}};
}

std::string toLine(const AuditEntry& entry)
{
    std::string text = fmt::format("{:>8}  {}  ", entry.sequence, localTime(entry.timeUs));
    if (entry.state == AuditState::Purged || entry.state == AuditState::Lost) {
        return text + fmt::format("({})", carma::name(entry.state));
    }
    text += fmt::format("{:<7}  {:<24}  {}", carma::name(entry.outcome), entry.action,
        entry.state == AuditState::Erased ? "(erased)" : escapeLine(entry.actor));
    for (const std::string* part : {&entry.object, &entry.detail, &entry.reason}) {
        text += part->empty() ? "" : "  " + escapeLine(*part);
    }
    return text;
}

void waitOrStop(const std::stop_token& stop)
{
    std::mutex mutex;
    std::condition_variable_any changed;
    std::unique_lock lock(mutex);
    (void)changed.wait_for(lock, stop, kFollowEvery, [] { return false; });
}

} // namespace

Result<AuditFilter> filterOf(const AuditOptions& options)
{
    AuditFilter filter;
    filter.actor = options.actor;
    filter.action = options.of;
    filter.object = options.object;
    for (const AuditOutcome outcome : {AuditOutcome::Done, AuditOutcome::Refused, AuditOutcome::Failed}) {
        if (options.outcome && *options.outcome == carma::name(outcome)) {
            filter.outcome = outcome;
        }
    }
    if (options.from) {
        CARMA_TRY_ASSIGN(filter.fromUs, parseWhen(*options.from));
    }
    if (options.to) {
        CARMA_TRY_ASSIGN(filter.toUs, parseWhen(*options.to));
    }
    return filter;
}

/// With --json --follow each entry is one line of JSON; otherwise one document.
Result<ExitCode> auditList(Store& store, Session& session, const AuditOptions& options)
{
    CARMA_TRY_ASSIGN(AuditFilter filter, filterOf(options));
    if (session.options().space) {
        CARMA_TRY_ASSIGN(const ErasePlan plan, store.subjects().plan(*session.options().space));
        filter.spaceId = toString(plan.id);
    }
    Printer& printer = session.printer();
    Json list = Json::array();
    std::uint64_t shown = 0;
    const auto show = [&](const AuditEntry& entry) -> Result<bool> {
        ++shown;
        if (!printer.json()) {
            printer.line(toLine(entry));
        } else if (options.follow) {
            printer.raw(toJson(entry).dump() + "\n");
        } else {
            list.push_back(toJson(entry));
        }
        return !session.stopped();
    };
    do {
        CARMA_TRY_ASSIGN(filter.from, store.audit().list(filter, show));
        printer.flush();
        if (options.follow) {
            waitOrStop(session.stop());
        }
    } while (options.follow && !session.stopped());
    if (!options.follow) {
        printer.document(list);
        printer.extra(printer.dim(counted(shown, "entry", "entries")));
    }
    return session.stopped() && !options.follow ? ExitCode::Cancelled : ExitCode::Ok;
}

Result<ExitCode> auditExport(Store& store, Session& session, const AuditOptions& options)
{
    constexpr std::array<std::string_view, 4> kForms{"jsonl", "csv", "cef", "ocsf"};
    AuditForm form = AuditForm::JsonLines;
    for (std::size_t i = 0; i < kForms.size(); ++i) {
        form = options.form && *options.form == kForms.at(i) ? static_cast<AuditForm>(i) : form;
    }
    CARMA_TRY_ASSIGN(const AuditFilter filter, filterOf(options));
    const std::string& path = options.words.front();
    const std::string aside = path + ".carma-part";
    std::ofstream file(aside, std::ios::binary | std::ios::trunc);
    const auto write = [&](std::string_view bytes) -> Result<void> {
        file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        return file ? Result<void>() : Error{ErrorCode::Io, fmt::format("{} cannot be written", path)};
    };
    auto done = store.audit().exportTo(form, filter, path.substr(path.rfind('/') + 1), write, session.task());
    session.endProgress();
    file.close();
    if (!done.has_value() || !file || std::rename(aside.c_str(), path.c_str()) != 0) {
        (void)std::remove(aside.c_str());
        return done.has_value() ? Error{ErrorCode::Io, fmt::format("{} cannot be written", path)} : done.error();
    }
    CARMA_TRY(writeText(session, path + ".manifest.json", done->manifest));
    session.printer().document(Json{{"file", path}, {"manifest", path + ".manifest.json"}, {"entries", done->entries}});
    session.printer().line(fmt::format("{} written to {}", counted(done->entries, "entry", "entries"), escapeLine(path)));
    return ExitCode::Ok;
}

} // namespace carma::cli
