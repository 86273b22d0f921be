// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/anomaly_impl.h"

#include <algorithm>
#include <cmath>

namespace carma::store {

namespace {

constexpr std::size_t kTextMax = 256;             // of a field of an event
constexpr double kBurst = 256;                    // records that a flood may write at once,
constexpr double kRecordsASecond = 1;             // and from then on
constexpr std::int64_t kAheadMaxUs = 300'000'000; // an event may be so far in the future
constexpr std::int64_t kActionMaxUs = 30LL * 86'400'000'000;
constexpr std::int64_t kBlockMaxUs = 3'650LL * 86'400'000'000;
constexpr std::size_t kReasonMax = 1024;

std::string cut(std::string_view text) { return std::string(text.substr(0, kTextMax)); }

std::string words(const std::vector<AnomalyReason>& reasons)
{
    std::string text;
    for (const AnomalyReason& reason : reasons) {
        text += (text.empty() ? "" : ", ") + reason.feature + " " + std::to_string(reason.value) + " (usual " +
            std::to_string(reason.usual) + ")";
    }
    return text;
}

} // namespace

AnomalyImpl::AnomalyImpl(StoreCore& core)
    : m_core(core), m_wallAtOpenUs(core.world.clock->wallTimeUs()), m_monotonicAtOpenUs(core.world.clock->monotonicUs())
{
}

std::int64_t AnomalyImpl::nowUs() const
{
    return std::max<std::int64_t>(0, m_wallAtOpenUs) + (m_core.world.clock->monotonicUs() - m_monotonicAtOpenUs);
}

Result<void> AnomalyImpl::follow()
{
    CARMA_TRY(m_core.journal().refresh());
    return m_book.follow(m_core.journal(), nowUs());
}

Result<void> AnomalyImpl::change(const anomaly::Item& item, const journal::AuditNote& note)
{
    const journal::NewEntry entry{log::RecordType::Anomaly, NamespaceId{}, anomaly::encodeItem(item)};
    CARMA_TRY(m_core.journal().append(std::span(&entry, 1), note));
    return m_book.follow(m_core.journal(), nowUs());
}

/// A flood of sources must not fill the disk with records about it.
bool AnomalyImpl::mayStore()
{
    constexpr double kUsASecond = 1e6;
    const std::int64_t now = nowUs();
    m_tokens = std::min(kBurst, m_tokens + static_cast<double>(now - m_tokensUs) / kUsASecond * kRecordsASecond);
    m_tokensUs = now;
    if (m_tokens < 1) {
        return false;
    }
    m_tokens -= 1;
    return true;
}

/// Stores what was decided by itself. What cannot be stored is counted, and told with the next record that can.
void AnomalyImpl::store(const anomaly::Item& item, journal::AuditNote note)
{
    if (m_unstored > 0) {
        note.detail += " (and " + std::to_string(m_unstored) + " before it that were not stored)";
    }
    if (mayStore() && change(item, note).has_value()) {
        m_unstored = 0;
    } else {
        ++m_unstored;
    }
}

void AnomalyImpl::keep(const anomaly::Finding& finding)
{
    const AnomalyRule& rule = m_book.policy().rules.at(static_cast<std::size_t>(finding.kind));
    Anomaly found;
    found.timeUs = nowUs();
    found.kind = finding.kind;
    found.action = rule.action;
    found.subject = finding.subject;
    found.score = finding.score;
    found.expiresUs = found.timeUs + rule.lastsUs;
    found.reasons = finding.reasons;
    journal::AuditNote note;
    note.action = "anomaly." + std::string(name(rule.action));
    note.object = found.subject;
    note.detail = std::string(name(found.kind)) + ": " + words(found.reasons);
    store(found, std::move(note));
}

void AnomalyImpl::countDenial(const std::string& source)
{
    const auto address = anomaly::parsePrefix(source);
    if (!address.has_value()) {
        return;
    }
    if (const auto block = m_book.blocks().fail(*address, nowUs())) {
        journal::AuditNote note;
        note.action = "block.add";
        note.object = anomaly::toString(block->prefix);
        constexpr std::int64_t kUsASecond = 1'000'000;
        note.detail = "automatic, for " + std::to_string(block->lastsUs / kUsASecond) + " s, strike " + std::to_string(block->strikes);
        note.reason = block->reason;
        store(*block, std::move(note));
    }
}

void AnomalyImpl::beReady()
{
    if (!m_watch) {
        m_watch.emplace(anomaly::WatchOptions{.start = m_core.world.random->next64()});
        m_tokens = kBurst;
        m_tokensUs = nowUs();
    }
    std::array<double, kAnomalyKinds> thresholds{};
    std::ranges::transform(m_book.policy().rules, thresholds.begin(), &AnomalyRule::threshold);
    m_watch->setThresholds(thresholds);
}

Result<AnomalyVerdict> AnomalyImpl::observe(const AnomalyEvent& event)
{
    const std::lock_guard guard(m_mutex);
    if (m_core.readOnly) {
        return m_core.readOnlyError();
    }
    if (!m_watch) {
        CARMA_TRY(follow()); // from here on this process alone appends, and what it appends is taken in at once
    }
    beReady();
    AnomalyEvent taken = event;
    taken.key = cut(event.key);
    taken.source = cut(event.source);
    taken.endpoint = cut(event.endpoint);
    taken.object = cut(event.object);
    if (const auto address = anomaly::parsePrefix(taken.source); address.has_value()) {
        taken.source = anomaly::toString(m_book.blocks().counted(*address));
    }
    const std::int64_t now = nowUs();
    taken.timeUs = event.timeUs <= 0 ? now : std::min(event.timeUs, now + kAheadMaxUs);
    m_findings.clear();
    m_watch->observe(taken, m_findings);
    for (const anomaly::Finding& finding : m_findings) {
        keep(finding);
    }
    if (event.denied) {
        countDenial(taken.source);
    }
    return verdict(taken.key, taken.source);
}

AnomalyVerdict AnomalyImpl::verdict(std::string_view key, std::string_view source)
{
    AnomalyVerdict verdict;
    const std::int64_t now = nowUs();
    const auto consider = [&](const std::string& subject) {
        const anomaly::AnomalyBook::Held held = m_book.held(subject, now);
        if (held.action > verdict.action) {
            verdict.action = held.action;
            verdict.untilUs = held.untilUs;
            verdict.because = subject + " has an anomaly of the kind " + std::string(name(held.kind));
        }
    };
    if (!key.empty()) {
        consider("key:" + cut(key));
    }
    if (source.empty()) {
        return verdict;
    }
    const auto address = anomaly::parsePrefix(source);
    consider("source:" + (address.has_value() ? anomaly::toString(m_book.blocks().counted(*address)) : cut(source)));
    if (!address.has_value()) {
        return verdict;
    }
    if (const auto block = m_book.blocks().blocked(*address, now)) {
        verdict.blocked = true;
        verdict.untilUs = block->untilUs;
        verdict.because = block->prefix + " is blocked: " + block->reason;
    }
    return verdict;
}

Result<AnomalyVerdict> AnomalyImpl::check(std::string_view key, std::string_view source)
{
    const std::lock_guard guard(m_mutex);
    CARMA_TRY(follow());
    return verdict(key, source);
}

Result<void> AnomalyImpl::list(const AnomalyFilter& filter, const std::function<Result<bool>(const Anomaly&)>& visit)
{
    CARMA_TRY(m_core.journal().refresh());
    return m_core.journal().read(log::RecordType::Anomaly, 0, [&](const journal::Entry& entry) -> Result<bool> {
        Anomaly shown;
        shown.lost = entry.lost || entry.purged;
        if (!shown.lost) {
            auto item = anomaly::decodeItem(entry.body);
            shown.lost = !item.has_value();
            if (item.has_value() && !std::holds_alternative<Anomaly>(*item)) {
                return true;
            }
            shown = item.has_value() ? std::get<Anomaly>(*std::move(item)) : std::move(shown);
        }
        shown.sequence = entry.sequence;
        const bool wanted = !shown.lost && (!filter.kind || shown.kind == *filter.kind) && shown.timeUs >= filter.fromUs &&
            shown.timeUs < filter.toUs && (!filter.subject || shown.subject.find(*filter.subject) != std::string::npos);
        const bool wantsAll = !filter.kind && !filter.subject;
        return wanted || (shown.lost && wantsAll) ? visit(shown) : Result<bool>(true);
    });
}

Result<Anomaly> AnomalyImpl::show(Sequence id)
{
    std::optional<Anomaly> found;
    CARMA_TRY(list({}, [&](const Anomaly& anomaly) -> Result<bool> {
        if (anomaly.sequence == id) {
            found = anomaly;
        }
        return anomaly.sequence < id;
    }));
    if (!found) {
        return Error{ErrorCode::NotFound, "there is no anomaly " + std::to_string(id)};
    }
    return *std::move(found);
}

Result<AnomalyPolicy> AnomalyImpl::policy()
{
    const std::lock_guard guard(m_mutex);
    CARMA_TRY(follow());
    return m_book.policy();
}

Result<void> AnomalyImpl::setPolicy(const AnomalyPolicy& policy)
{
    constexpr double kThresholdMin = 2;
    constexpr double kThresholdMax = 1000;
    journal::AuditNote note;
    note.action = "anomaly.policy";
    for (std::size_t i = 0; i < policy.rules.size(); ++i) {
        const AnomalyRule& rule = policy.rules.at(i);
        const std::string kind(name(static_cast<AnomalyKind>(i)));
        if (!(rule.threshold >= kThresholdMin && rule.threshold <= kThresholdMax)) {
            return Error{ErrorCode::InvalidArgument, "the threshold of " + kind + " must be 2 to 1000"};
        }
        if (rule.lastsUs < 1 || rule.lastsUs > kActionMaxUs || static_cast<std::size_t>(rule.action) >= kAnomalyActions) {
            return Error{ErrorCode::InvalidArgument, "the action on " + kind + " must end within 30 days"};
        }
        note.detail += (i == 0 ? "" : ", ") + kind + " " + std::string(name(rule.action)) + " from " + std::to_string(rule.threshold);
    }
    const std::lock_guard guard(m_mutex);
    CARMA_TRY(follow());
    return change(policy, note);
}

Result<AnomalyVerdict> AnomalyImpl::lift(std::string_view subject, std::string_view reason, bool dryRun)
{
    if (reason.empty() || reason.size() > kReasonMax) {
        return Error{ErrorCode::InvalidArgument, "lifting needs a reason of at most 1024 bytes"};
    }
    const std::lock_guard guard(m_mutex);
    CARMA_TRY(follow());
    const std::string name(subject.substr(0, kTextMax + std::string_view("source:").size()));
    journal::AuditNote note;
    note.action = "anomaly.lift";
    note.object = name;
    note.reason = reason;
    const anomaly::AnomalyBook::Held held = m_book.held(name, nowUs());
    if (held.action == AnomalyAction::Observe) {
        const Error none{ErrorCode::NotFound, "nothing holds for '" + name + "' now"};
        return dryRun || m_core.readOnly ? none : m_core.refuse(note, none);
    }
    AnomalyVerdict ended;
    ended.action = held.action;
    ended.untilUs = held.untilUs;
    ended.because = name + " had an anomaly of the kind " + std::string(carma::name(held.kind));
    note.detail = std::string(carma::name(held.action)) + " because of " + std::string(carma::name(held.kind));
    if (!dryRun) {
        CARMA_TRY(change(anomaly::Lift{name, std::string(reason)}, note));
    }
    return ended;
}

Result<std::vector<BlockEntry>> AnomalyImpl::blocks()
{
    const std::lock_guard guard(m_mutex);
    CARMA_TRY(follow());
    return m_book.blocks().entries(nowUs());
}

Result<void> AnomalyImpl::addBlock(const Block& block)
{
    CARMA_TRY_ASSIGN(const anomaly::Prefix prefix, anomaly::parsePrefix(block.prefix));
    const std::string shown = anomaly::toString(prefix);
    constexpr std::uint8_t kIpv4Form = 96;
    if (prefix.bits <= (prefix.isIpv4() ? kIpv4Form : 0)) {
        return Error{ErrorCode::InvalidArgument, shown + " is every address there is"};
    }
    if (block.reason.empty() || block.reason.size() > kReasonMax) {
        return Error{ErrorCode::InvalidArgument, "an entry of the block list needs a reason of at most 1024 bytes"};
    }
    if (block.lastsUs < 0 || block.lastsUs > kBlockMaxUs) {
        return Error{ErrorCode::InvalidArgument, "an entry of the block list lasts at most ten years, or until it is removed"};
    }
    const std::lock_guard guard(m_mutex);
    CARMA_TRY(follow());
    if (!block.allow && m_book.blocks().allows(prefix, nowUs())) {
        return Error{ErrorCode::InvalidArgument, shown + " is allowed and is never blocked; remove that first"};
    }
    const anomaly::Block entry{.prefix = prefix,
        .origin = block.allow ? BlockOrigin::Allowed : BlockOrigin::Manual,
        .sinceUs = nowUs(),
        .lastsUs = block.lastsUs,
        .strikes = 0,
        .reason = block.reason};
    journal::AuditNote note;
    note.action = block.allow ? "block.allow" : "block.add";
    note.object = shown;
    note.reason = block.reason;
    return change(entry, note);
}

Result<void> AnomalyImpl::removeBlock(std::string_view text, std::string_view reason)
{
    CARMA_TRY_ASSIGN(const anomaly::Prefix prefix, anomaly::parsePrefix(text));
    const std::string shown = anomaly::toString(prefix);
    const std::lock_guard guard(m_mutex);
    CARMA_TRY(follow());
    if (!m_book.blocks().knows(prefix)) {
        return Error{ErrorCode::NotFound, shown + " is not on the block list"};
    }
    journal::AuditNote note;
    note.action = "block.remove";
    note.object = shown;
    note.reason = reason.substr(0, kReasonMax);
    return change(anomaly::Unblock{prefix, std::string(reason.substr(0, kReasonMax))}, note);
}

} // namespace carma::store
