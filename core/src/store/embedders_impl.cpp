// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/embedders_impl.h"

#include "store/engine_feed.h"

#include <algorithm>

namespace carma::store {

namespace {

constexpr std::size_t kSliceMin = 16; // passages between two looks at the wish to stop
constexpr std::size_t kSliceMax = 2000;
constexpr std::int64_t kSliceUs = 200'000; // a slice is meant to take about as long
constexpr std::int64_t kSaveEveryUs = 2'000'000;
constexpr std::int64_t kSaveShare = 10; // saving takes at most such a part of the time
constexpr std::size_t kSample = 256;    // passages of an estimate
constexpr double kUsASecond = 1e6;

double rate(std::uint64_t count, std::int64_t us) { return us > 0 ? static_cast<double>(count) * kUsASecond / static_cast<double>(us) : 0; }

} // namespace

struct EmbeddersImpl::Run {
    std::shared_ptr<Embedder> embedder;
    query::Weights weights;
    const Task& task;
    std::uint64_t total = 0;    ///< passages, roughly: more may come while it runs
    std::uint64_t before = 0;   ///< done in the namespaces before this one
    std::uint64_t embedded = 0; ///< in this run
    std::int64_t embedUs = 0;   ///< that took
    std::size_t slice = kSliceMin;
};

Result<std::uint64_t> EmbeddersImpl::passages()
{
    CARMA_TRY_ASSIGN(const catalog::Counts counts, m_core.catalog->counts(std::nullopt));
    return counts.fragments - std::min(counts.fragments, counts.lost);
}

Result<EmbedderState> EmbeddersImpl::show()
{
    CARMA_TRY(m_core.followEmbedders());
    EmbedderHost& host = m_core.embedders();
    const EmbedderRecord record = host.inUse();
    EmbedderState state;
    state.source = record.source;
    state.identity = record.identity;
    state.semanticWeight = record.semanticWeight;
    state.recorded = host.isRecorded();
    state.problem = host.use().problem;
    state.builtIn = host.builtIn();
    return state;
}

Result<std::optional<EmbedderChange>> EmbeddersImpl::progress()
{
    CARMA_TRY(m_core.followEmbedders());
    const auto wanted = m_core.embedders().wanted();
    if (!wanted) {
        return std::optional<EmbedderChange>();
    }
    EmbedderChange change{.source = wanted->source, .identity = wanted->identity, .passages = 0, .done = 0};
    CARMA_TRY_ASSIGN(change.passages, passages());
    if (m_isRunning) {
        change.done = m_done;
        return std::optional(std::move(change));
    }
    for (const auto& keys : m_core.log->keys().all()) {
        CARMA_TRY_ASSIGN(const catalog::Counts counts, m_core.catalog->counts(keys->id));
        const auto kept = m_searcher.files().read({keys->id, counts.forgotten, standInEmbedder(wanted->identity), {}}, SnapshotKind::Next);
        change.done += kept ? kept->engine->size() : 0;
    }
    return std::optional(std::move(change));
}

Result<void> EmbeddersImpl::write(EmbedderRole role, const EmbedderRecord& record, std::string_view action)
{
    EmbedderRecord written = record;
    written.role = role;
    const journal::NewEntry entry{log::RecordType::Setting, NamespaceId{}, encodeEmbedder(written)};
    journal::AuditNote note;
    note.action = action;
    note.object = describe(record.identity);
    note.detail = record.source;
    CARMA_TRY(m_core.journal().append(std::span(&entry, 1), note));
    return m_core.followEmbedders();
}

void EmbeddersImpl::removeNext()
{
    for (const auto& keys : m_core.log->keys().all()) {
        m_searcher.files().remove(keys->id, SnapshotKind::Next);
    }
}

/// The one in use is chosen: what else was wanted is wanted no more.
Result<EmbedderReport> EmbeddersImpl::keep(EmbedderReport report)
{
    if (m_core.embedders().wanted()) {
        CARMA_TRY(write(EmbedderRole::NoneWanted, m_core.embedders().inUse(), "embedder.keep"));
        removeNext();
    }
    report.done = report.passages;
    return report;
}

Result<EmbedderReport> EmbeddersImpl::set(std::string_view source, const EmbedderSetOptions& options, const Task& task)
{
    if (m_core.readOnly && !options.dryRun) {
        return m_core.readOnlyError();
    }
    const std::unique_lock running(m_running, std::try_to_lock);
    if (!running.owns_lock()) {
        return Error{ErrorCode::Busy, "the embedder is being changed by another thread of this program"};
    }
    CARMA_TRY(m_core.followEmbedders());
    CARMA_TRY_ASSIGN(const auto embedder, m_core.embedders().open(source));
    const EmbedderRecord record{EmbedderRole::Wanted, std::string(source), embedder->identity(), embedder->traits().semanticWeight};
    CARMA_TRY(checkEmbedder(record));
    const EmbedderRecord inUse = m_core.embedders().inUse();
    EmbedderReport report;
    report.source = record.source;
    report.before = inUse.identity;
    report.after = record.identity;
    CARMA_TRY_ASSIGN(report.passages, passages());
    const bool isSame = m_core.embedders().isRecorded() && inUse.identity == record.identity && inUse.source == record.source;
    if (options.dryRun) {
        return isSame ? report : estimate(std::move(report), embedder);
    }
    if (isSame) {
        return keep(std::move(report));
    }
    if (m_core.embedders().wanted() != record) {
        CARMA_TRY(write(EmbedderRole::Wanted, record, "embedder.want"));
    }
    return options.later ? report : change(record, embedder, task);
}

Result<EmbedderReport> EmbeddersImpl::resume(const Task& task)
{
    if (m_core.readOnly) {
        return m_core.readOnlyError();
    }
    const std::unique_lock running(m_running, std::try_to_lock);
    if (!running.owns_lock()) {
        return Error{ErrorCode::Busy, "the embedder is being changed by another thread of this program"};
    }
    CARMA_TRY(m_core.followEmbedders());
    const auto wanted = m_core.embedders().wanted();
    if (!wanted) {
        return Error{ErrorCode::NotFound, "no change of the embedder is wanted"};
    }
    CARMA_TRY_ASSIGN(const auto embedder, m_core.embedders().open(wanted->source));
    if (embedder->identity() != wanted->identity) {
        return Error{ErrorCode::Unsupported,
            "the embedder " + wanted->source + " is " + describe(embedder->identity()) + " now, and what was wanted is " +
                describe(wanted->identity) + "; set it anew"};
    }
    return change(*wanted, embedder, task);
}

/// Embeds a few passages of the first namespaces, and throws the vectors away.
Result<EmbedderReport> EmbeddersImpl::estimate(EmbedderReport report, const std::shared_ptr<Embedder>& embedder)
{
    const std::int64_t started = m_core.world.clock->monotonicUs();
    std::size_t embedded = 0;
    for (const auto& keys : m_core.log->keys().all()) {
        const auto engine = query::makeSearchEngine(embedder, {});
        Sequence applied = 0;
        EngineFeed feed(m_core, keys->id, *engine, applied);
        CARMA_TRY(feed.step(kSample - embedded));
        embedded += feed.added();
        if (embedded >= kSample) {
            break;
        }
    }
    report.tookUs = m_core.world.clock->monotonicUs() - started;
    report.passagesPerSecond = rate(embedded, report.tookUs);
    return report;
}

Result<EmbedderReport> EmbeddersImpl::change(const EmbedderRecord& record, const std::shared_ptr<Embedder>& embedder, const Task& task)
{
    const std::int64_t started = m_core.world.clock->monotonicUs();
    Run run{.embedder = m_searcher.cache().wrap(embedder), .weights = {}, .task = task};
    run.weights.semantic = record.semanticWeight;
    CARMA_TRY_ASSIGN(run.total, passages());
    m_done = 0;
    m_isRunning = true;
    EmbedderReport report;
    report.source = record.source;
    report.before = m_core.embedders().inUse().identity;
    report.after = record.identity;
    auto built = Result<void>{};
    for (const auto& keys : m_core.log->keys().all()) {
        built = build(keys->id, run);
        if (!built.has_value() || task.cancelled()) {
            break;
        }
    }
    m_isRunning = false;
    m_searcher.cache().save();
    CARMA_TRY(built);
    CARMA_TRY_ASSIGN(report.passages, passages());
    report.done = m_done;
    report.cancelled = task.cancelled();
    if (!report.cancelled) {
        CARMA_TRY(write(EmbedderRole::InUse, record, "embedder.set"));
        report.changed = true;
    }
    report.passagesPerSecond = rate(run.embedded, run.embedUs);
    report.tookUs = m_core.world.clock->monotonicUs() - started;
    return report;
}

/// Begins again when something was forgotten meanwhile: the engine may hold it.
Result<void> EmbeddersImpl::build(const NamespaceId& space, Run& run)
{
    bool isDone = false;
    while (!isDone) {
        CARMA_TRY_ASSIGN(isDone, buildOnce(space, run));
    }
    run.before = m_done;
    return {};
}

Result<bool> EmbeddersImpl::buildOnce(const NamespaceId& space, Run& run)
{
    const std::uint64_t generation = m_searcher.forgets();
    CARMA_TRY_ASSIGN(const catalog::Counts counts, m_core.catalog->counts(space));
    query::DecodedEngine made;
    if (auto kept = m_searcher.files().read({space, counts.forgotten, run.embedder, run.weights}, SnapshotKind::Next)) {
        made = *std::move(kept);
    } else {
        made.engine = query::makeSearchEngine(run.embedder, run.weights, m_core.world.forEngine());
    }
    m_done = run.before + made.engine->size();
    EngineFeed feed(m_core, space, *made.engine, made.appliedSequence);
    Clock& clock = *m_core.world.clock;
    std::int64_t savedAt = clock.monotonicUs();
    std::int64_t saveTook = 0;
    const auto save = [&] {
        const std::int64_t begun = clock.monotonicUs();
        const bool isKept = m_searcher.write(space, SnapshotKind::Next, generation, counts.forgotten, *made.engine, made.appliedSequence);
        savedAt = clock.monotonicUs();
        saveTook = savedAt - begun;
        return isKept;
    };
    for (bool isMore = true; isMore && !run.task.cancelled() && m_searcher.forgets() == generation;) {
        const Sequence end = m_core.catalog->appliedSequence();
        if (isMidDocument(m_core)) {
            break; // what is being written is left to the first query
        }
        const std::int64_t begun = clock.monotonicUs();
        const std::size_t before = feed.added();
        CARMA_TRY_ASSIGN(const std::size_t rows, feed.step(run.slice, end));
        const std::int64_t took = clock.monotonicUs() - begun;
        isMore = rows == run.slice;
        run.embedded += feed.added() - before;
        run.embedUs += took;
        run.slice = std::clamp(took < kSliceUs / 2 ? run.slice * 2 : took > kSliceUs * 2 ? run.slice / 2 : run.slice, kSliceMin, kSliceMax);
        m_done = run.before + made.engine->size();
        run.task.report({.phase = "embedding", .done = m_done, .total = std::max<std::uint64_t>(run.total, m_done), .unit = "passages"});
        if (clock.monotonicUs() - savedAt >= std::max(kSaveEveryUs, saveTook * kSaveShare)) {
            save();
        }
    }
    if (feed.added() > 0) {
        save(); // what cannot be kept is made again by the first query
    }
    return m_searcher.forgets() == generation || run.task.cancelled();
}

} // namespace carma::store
