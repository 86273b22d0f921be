// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "durations.h"
#include "keys_actions.h"
#include "text.h"

#include <carma/clock.h>
#include <carma/moment.h>

#include <charconv>
#include <fmt/format.h>

namespace carma::cli {

namespace {

/// A day, or so long from now.
Result<std::int64_t> futureOf(std::string_view option, const std::string& text)
{
    const std::int64_t now = systemClock().wallTimeUs();
    if (const auto duration = parseDuration(text); duration.has_value()) {
        return now + *duration;
    }
    const auto moment = parseMoment(text, now);
    if (!moment.has_value() || *moment <= 0 || text.find('-') == std::string::npos) {
        return Error{ErrorCode::InvalidArgument,
            fmt::format("{} takes a day (2027-03-01) or a time from now (90d), not '{}'", option, escapeLine(text))};
    }
    return *moment;
}

template <typename Change>
Result<ExitCode> changeOne(Store* store, Session& session, const KeysOptions& options, std::string_view done, Change change)
{
    if (options.dryRun) {
        CARMA_TRY_ASSIGN(const KeyInfo info, store->keys().show(options.words.front()));
        return tell(session, options, info, done);
    }
    CARMA_TRY_ASSIGN(const KeyInfo info, change(store->keys(), options.words.front()));
    return tell(session, options, info, done);
}

Result<ExitCode> hand(SecretOutput& output, Session& session, const KeysOptions& options, const std::vector<IssuedKey>& issued)
{
    Printer& printer = session.printer();
    Json list = Json::array();
    for (const IssuedKey& key : issued) {
        list.push_back(toJson(key.info));
    }
    if (issued.size() == 1) {
        list.front()["file"] = options.out ? Json(*options.out) : Json(nullptr);
        print(printer, issued.front().info);
        printer.line();
    }
    CARMA_TRY(output.write(issued, printer));
    printer.document(issued.size() == 1 ? list.front() : list);
    if (options.out) {
        printer.line(fmt::format("{} written to {}", counted(issued.size(), "key"), escapeLine(*options.out)));
    } else {
        printer.extra("The key is shown this once. Whoever has it can do what it allows.");
    }
    return ExitCode::Ok;
}

} // namespace

Result<std::uint64_t> numberOf(std::string_view option, const std::string& text)
{
    std::uint64_t number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) {
        return Error{ErrorCode::InvalidArgument, fmt::format("{} takes a whole number, not '{}'", option, escapeLine(text))};
    }
    return number;
}

Result<ExitCode> tell(Session& session, const KeysOptions& options, const KeyInfo& info, std::string_view done)
{
    Printer& printer = session.printer();
    Json json = toJson(info);
    json["dry_run"] = options.dryRun;
    printer.document(json);
    printer.line(fmt::format("key {} of {} {} {}", toString(info.id), escapeLine(info.owner), options.dryRun ? "would be" : "is", done));
    return ExitCode::Ok;
}

Result<std::vector<NewKey>> newKeysOf(const KeysOptions& options)
{
    NewKey key;
    if (!options.owner) {
        return Error{ErrorCode::InvalidArgument, "keys create needs --owner NAME"};
    }
    key.owner = *options.owner;
    key.label = options.label.value_or("");
    if (options.permission) {
        CARMA_TRY_ASSIGN(key.permission, parsePermission(*options.permission));
    }
    for (const std::string& text : options.scopes) {
        CARMA_TRY_ASSIGN(KeyScope scope, parseScope(text));
        key.scopes.push_back(std::move(scope));
    }
    if (!key.scopes.empty() && !options.permission) {
        key.permission = KeyPermission::Custom;
    }
    if ((key.permission == KeyPermission::Custom) == key.scopes.empty()) {
        return Error{ErrorCode::InvalidArgument, "--scope belongs to --perm custom, and the other way round"};
    }
    for (const std::string& text : options.allow) {
        CARMA_TRY_ASSIGN(const AddressRange range, parseAddressRange(text));
        key.addresses.push_back(range);
    }
    if (options.position) {
        CARMA_TRY_ASSIGN(key.position, numberOf("--position", *options.position));
    }
    if (options.expires) {
        CARMA_TRY_ASSIGN(key.expiresUs, futureOf("--expires", *options.expires));
    }
    if (options.notBefore) {
        CARMA_TRY_ASSIGN(key.notBeforeUs, futureOf("--not-before", *options.notBefore));
    }
    key.rateClass = options.rate.value_or("standard");
    if (options.quota) {
        CARMA_TRY_ASSIGN(key.quotaADay, numberOf("--quota", *options.quota));
    }
    if (options.credits) {
        CARMA_TRY_ASSIGN(key.credits, numberOf("--credits", *options.credits));
    }
    if (!options.count) {
        return std::vector<NewKey>{std::move(key)};
    }
    CARMA_TRY_ASSIGN(const std::uint64_t count, numberOf("--count", *options.count));
    if (count == 0 || count > kKeysAtOnceMax || key.position) {
        return Error{ErrorCode::InvalidArgument, fmt::format("--count takes 1 to {}, without --position", grouped(kKeysAtOnceMax))};
    }
    std::vector<NewKey> keys(count, key);
    for (std::size_t i = 0; i < keys.size(); ++i) {
        keys[i].owner += fmt::format("-{}", i + 1);
    }
    return keys;
}

Result<ExitCode> keysCreate(Store* store, Session& session, const KeysOptions& options)
{
    CARMA_TRY_ASSIGN(const std::vector<NewKey> wanted, newKeysOf(options));
    if (options.dryRun) {
        Json scopes = Json::array();
        for (const KeyScope& scope : wanted.front().scopes.empty() ? scopesOf(wanted.front().permission) : wanted.front().scopes) {
            scopes.push_back(toString(scope));
        }
        session.printer().document(Json{{"dry_run", true}, {"keys", wanted.size()}, {"owner", wanted.front().owner},
            {"permission", carma::name(wanted.front().permission)}, {"scopes", scopes}});
        session.printer().line(fmt::format("{} would be made for {}, {}", counted(wanted.size(), "key"), escapeLine(*options.owner),
            carma::name(wanted.front().permission)));
        return ExitCode::Ok;
    }
    CARMA_TRY_ASSIGN(SecretOutput output, SecretOutput::open(options.out, wanted.size()));
    CARMA_TRY_ASSIGN(const std::vector<IssuedKey> issued, store->keys().createAll(wanted));
    return hand(output, session, options, issued);
}

Result<ExitCode> keysRotate(Store* store, Session& session, const KeysOptions& options)
{
    std::int64_t grace = options.now ? 0 : kGraceDefaultUs;
    if (options.grace) {
        CARMA_TRY_ASSIGN(grace, parseDuration(*options.grace));
    }
    if (grace > kGraceMaxUs) {
        return Error{ErrorCode::InvalidArgument, "--grace takes at most 7d"};
    }
    if (options.dryRun) {
        CARMA_TRY_ASSIGN(const KeyInfo info, store->keys().show(options.words.front()));
        return tell(session, options, info, "rotated");
    }
    CARMA_TRY_ASSIGN(SecretOutput output, SecretOutput::open(options.out, 1));
    CARMA_TRY_ASSIGN(IssuedKey issued, store->keys().rotate(options.words.front(), grace, options.reason.value_or("")));
    std::vector<IssuedKey> one;
    one.push_back(std::move(issued));
    return hand(output, session, options, one);
}

Result<ExitCode> keysRevoke(Store* store, Session& session, const KeysOptions& options)
{
    if (!options.dryRun) {
        CARMA_TRY_ASSIGN(const KeyInfo info, store->keys().show(options.words.front()));
        CARMA_TRY_ASSIGN(const bool agreed,
            session.confirmed(fmt::format("The key {} of {} will never work again.", toString(info.id), escapeLine(info.owner))));
        if (!agreed) {
            return Error{ErrorCode::Cancelled, "the key was not revoked"};
        }
    }
    return changeOne(store, session, options, "revoked",
        [&](Keys& keys, const std::string& id) { return keys.revoke(id, options.reason.value_or("")); });
}

Result<ExitCode> keysSuspend(Store* store, Session& session, const KeysOptions& options)
{
    return changeOne(store, session, options, "suspended",
        [&](Keys& keys, const std::string& id) { return keys.suspend(id, options.reason.value_or("")); });
}

Result<ExitCode> keysResume(Store* store, Session& session, const KeysOptions& options)
{
    return changeOne(store, session, options, "resumed", [](Keys& keys, const std::string& id) { return keys.resume(id); });
}

Result<ExitCode> keysExpire(Store* store, Session& session, const KeysOptions& options)
{
    std::int64_t at = 0;
    if (*options.at != "never") {
        CARMA_TRY_ASSIGN(at, futureOf("--at", *options.at));
    }
    const std::string done = at == 0 ? "without an end" : "to expire at " + localTime(at);
    return changeOne(store, session, options, done, [&](Keys& keys, const std::string& id) { return keys.expire(id, at); });
}

Result<ExitCode> keysCredit(Store* store, Session& session, const KeysOptions& options)
{
    CARMA_TRY_ASSIGN(const std::uint64_t credits, numberOf("--add", *options.add));
    const std::string done = fmt::format("given {}", counted(credits, "credit"));
    return changeOne(store, session, options, done, [&](Keys& keys, const std::string& id) { return keys.addCredits(id, credits); });
}

} // namespace carma::cli
