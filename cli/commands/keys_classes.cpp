// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "durations.h"
#include "keys_actions.h"
#include "table.h"
#include "text.h"

#include <fmt/format.h>

/// Rate classes of a store's own, and the compaction of what is kept of keys.
namespace carma::cli {

namespace {

constexpr std::int64_t kMillisecondUs = 1000;
constexpr std::int64_t kSecondUs = 1'000'000;

std::string shown(const RateLimit& limit)
{
    const bool seconds = limit.periodUs % kSecondUs == 0;
    return fmt::format(
        "{} in {} {}, burst {}", limit.count, limit.periodUs / (seconds ? kSecondUs : kMillisecondUs), seconds ? "s" : "ms", limit.burst);
}

Json toJson(const RateLimit& limit) { return {{"count", limit.count}, {"period_us", limit.periodUs}, {"burst", limit.burst}}; }

Json toJson(const KeyRateClass& rateClass)
{
    return {{"name", rateClass.name}, {"read", toJson(rateClass.read)}, {"write", toJson(rateClass.write)},
        {"heavy", toJson(rateClass.heavy)}, {"built_in", rateClass.builtIn}};
}

/// "100/1s", "100/1s/200": count, period and burst, which is the count without it.
Result<RateLimit> limitOf(std::string_view option, const std::string& text)
{
    const std::size_t first = text.find('/');
    const std::size_t second = first == std::string::npos ? first : text.find('/', first + 1);
    if (first == std::string::npos) {
        return Error{ErrorCode::InvalidArgument,
            fmt::format("{} takes COUNT/TIME or COUNT/TIME/BURST, for instance 100/1s/200, not '{}'", option, escapeLine(text))};
    }
    RateLimit limit;
    CARMA_TRY_ASSIGN(limit.count, numberOf(option, text.substr(0, first)));
    CARMA_TRY_ASSIGN(
        limit.periodUs, parseDuration(std::string_view(text).substr(first + 1, second == std::string::npos ? second : second - first - 1)));
    limit.burst = limit.count;
    if (second != std::string::npos) {
        CARMA_TRY_ASSIGN(limit.burst, numberOf(option, text.substr(second + 1)));
    }
    CARMA_TRY(checkLimit(limit));
    return limit;
}

} // namespace

Result<KeyRateClass> rateClassOf(const KeysOptions& options)
{
    KeyRateClass rateClass;
    rateClass.name = options.words.front();
    if (!options.read || !options.write || !options.heavy) {
        return Error{ErrorCode::InvalidArgument, "keys class needs --read, --write and --heavy, each COUNT/TIME or COUNT/TIME/BURST"};
    }
    CARMA_TRY_ASSIGN(rateClass.read, limitOf("--read", *options.read));
    CARMA_TRY_ASSIGN(rateClass.write, limitOf("--write", *options.write));
    CARMA_TRY_ASSIGN(rateClass.heavy, limitOf("--heavy", *options.heavy));
    return rateClass;
}

Result<ExitCode> keysClasses(Store* store, Session& session, const KeysOptions& /*options*/)
{
    CARMA_TRY_ASSIGN(const std::vector<KeyRateClass> classes, store->keys().classes());
    Table table({{"class"}, {"read"}, {"write"}, {"heavy"}, {"whose"}});
    Json list = Json::array();
    for (const KeyRateClass& rateClass : classes) {
        list.push_back(toJson(rateClass));
        table.add({rateClass.name, shown(rateClass.read), shown(rateClass.write), shown(rateClass.heavy),
            rateClass.builtIn ? "built in" : "this store's"});
    }
    session.printer().document(list);
    table.print(session.printer());
    return ExitCode::Ok;
}

Result<ExitCode> keysClass(Store* store, Session& session, const KeysOptions& options)
{
    CARMA_TRY_ASSIGN(const KeyRateClass rateClass, rateClassOf(options));
    CARMA_TRY(store->keys().setClass(rateClass, options.dryRun));
    Json json = toJson(rateClass);
    json["dry_run"] = options.dryRun;
    session.printer().document(json);
    session.printer().line(fmt::format("rate class {} {}: read {}, write {}, heavy {}", rateClass.name,
        options.dryRun ? "would be set" : "is set", shown(rateClass.read), shown(rateClass.write), shown(rateClass.heavy)));
    return ExitCode::Ok;
}

Result<ExitCode> keysClassRemove(Store* store, Session& session, const KeysOptions& options)
{
    const std::string& name = options.words.front();
    CARMA_TRY(store->keys().removeClass(name, options.dryRun));
    session.printer().document(Json{{"name", name}, {"dry_run", options.dryRun}});
    session.printer().line(fmt::format("rate class {} {} removed", escapeLine(name), options.dryRun ? "would be" : "is"));
    return ExitCode::Ok;
}

Result<ExitCode> keysCompact(Store* store, Session& session, const KeysOptions& options)
{
    CARMA_TRY_ASSIGN(const KeyCompaction done, store->keys().compact(options.dryRun, session.task()));
    session.endProgress();
    session.printer().document(
        Json{{"dry_run", options.dryRun}, {"events", done.events}, {"kept", done.kept}, {"records_purged", done.records}});
    session.printer().line(done.records == 0
            ? fmt::format("nothing to gain: {} say what {} would", counted(done.events, "event"), grouped(done.kept))
            : fmt::format("{} {} written anew as {}; {} purged", counted(done.events, "event"), options.dryRun ? "would be" : "are",
                  grouped(done.kept), counted(done.records, "record")));
    return ExitCode::Ok;
}

} // namespace carma::cli
