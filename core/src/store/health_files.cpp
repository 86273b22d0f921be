// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/health_impl.h"

#include "base/counted.h"
#include "store/hypothesis_records.h"

#include <algorithm>
#include <map>
#include <set>

/// The rungs of the ladder above the log: the kept original, and the file a document was ingested from.
namespace carma::store {

namespace {

constexpr std::uint64_t kFileBytesMax = 256U << 20U; // what ingest takes

std::string stillMissing(const DocumentLoss& loss)
{
    if (!loss.lost.empty()) {
        return counted(loss.lost.size(), "passage is", "passages are") + " missing";
    }
    return loss.lostPieces.empty() ? "its record is missing"
                                   : counted(loss.lostPieces.size(), "piece", "pieces") + " of its original missing";
}

/// The files that ingest would find now, by what is recorded of a document.
class FoundFiles {
public:
    explicit FoundFiles(const std::vector<ingest::SourceFile>& files)
    {
        for (const ingest::SourceFile& file : files) {
            m_byPath.emplace(file.relative, &file);
            m_bySize.emplace(file.size, &file);
        }
    }

    [[nodiscard]] const ingest::SourceFile* at(const std::string& path) const
    {
        const auto found = m_byPath.find(path);
        return found == m_byPath.end() ? nullptr : found->second;
    }

    /// A file with the digest that was moved or renamed.
    [[nodiscard]] std::optional<std::pair<const ingest::SourceFile*, Bytes>> withDigest(const catalog::DocumentRow& row) const
    {
        const auto [first, last] = m_bySize.equal_range(row.originalBytes);
        for (auto file = first; file != last; ++file) {
            auto bytes = ingest::readSource(*file->second, kFileBytesMax);
            if (bytes.has_value() && crypto::sha256(*bytes) == row.digest) {
                return std::pair(file->second, *std::move(bytes));
            }
        }
        return std::nullopt;
    }

private:
    std::map<std::string, const ingest::SourceFile*, std::less<>> m_byPath;
    std::multimap<std::uint64_t, const ingest::SourceFile*> m_bySize;
};

} // namespace

/// Those that the report names, old versions, too. What is forgotten is never named.
Result<void> HealthImpl::eachDamagedDocument(
    const DamageReport& damage, const Task& task, const std::function<Result<void>(const DocumentLoss&)>& visit)
{
    std::set<FragmentId> documents;
    for (const LostItem& item : damage.lost) {
        documents.insert(item.document);
    }
    for (const FragmentId& id : documents) {
        if (task.cancelled()) {
            return {};
        }
        CARMA_TRY_ASSIGN(const auto row, m_core.catalog->document(id));
        if (!row || row->state == catalog::State::Forgotten) {
            continue;
        }
        CARMA_TRY_ASSIGN(const DocumentLoss loss, m_restorer.lossOf(*row));
        if (!loss.isWhole()) {
            CARMA_TRY(visit(loss));
        }
    }
    return {};
}

/// Writes what the proved bytes give, and reads it back. Only what concerns the whole store is an error.
Result<void> HealthImpl::putBack(const DocumentLoss& loss, std::string_view bytes, RestoredDocument& restored)
{
    const auto done = m_restorer.restore(loss, bytes, restored.source);
    if (!done.has_value()) {
        if (done.error().code == ErrorCode::Io || done.error().code == ErrorCode::NoSpace || done.error().code == ErrorCode::Busy) {
            return done.error();
        }
        restored.problem = done.error().message;
        return {};
    }
    restored.passages = done->passages;
    restored.pieces = done->pieces;
    CARMA_TRY_ASSIGN(const auto row, m_core.catalog->document(loss.row().id));
    if (!row) {
        return Error{ErrorCode::Corruption, "document " + toString(loss.row().id) + " is not in the catalog any more"};
    }
    CARMA_TRY_ASSIGN(const DocumentLoss left, m_restorer.lossOf(*row));
    restored.problem = left.isWhole() ? std::string()
        : !row->current               ? stillMissing(left) + ": only passages of an older version are put back"
                                      : stillMissing(left);
    return {};
}

Result<void> HealthImpl::restoreFromOriginals(HealReport& report, const Task& task)
{
    if (report.damage.lost.empty()) {
        return {};
    }
    const auto restore = [&](const DocumentLoss& loss) -> Result<void> {
        const auto original = m_restorer.keptOriginal(loss);
        if (!original) {
            return {};
        }
        RestoredDocument restored{loss.row().id, m_reader.summary(loss.row()).space, loss.row().path, "its kept original", 0, 0, {}};
        CARMA_TRY(putBack(loss, *original, restored));
        report.restored.push_back(std::move(restored));
        return {};
    };
    CARMA_TRY(eachDamagedDocument(report.damage, task, restore));
    return renewLosses(report, task);
}

Result<void> HealthImpl::restoreFromFiles(const std::vector<ingest::SourceFile>& files, HealReport& report, const Task& task)
{
    const FoundFiles found(files);
    const auto restore = [&](const DocumentLoss& loss) -> Result<void> {
        RestoredDocument restored{loss.row().id, m_reader.summary(loss.row()).space, loss.row().path, {}, 0, 0, {}};
        task.report({"reading source files again", report.restored.size(), 0, "documents", {}});
        if (loss.row().path.empty()) {
            restored.problem = stillMissing(loss) + ", and it was not ingested from a file";
        } else {
            std::optional<std::string> proved;
            if (const ingest::SourceFile* file = found.at(loss.row().path)) {
                restored.source = file->path;
                const auto bytes = ingest::readSource(*file, kFileBytesMax);
                proved = bytes.has_value() ? Restorer::proved(loss, asText(*bytes)) : std::nullopt;
                restored.problem = bytes.has_value() ? stillMissing(loss) + ", and the file has changed since it was ingested"
                                                     : stillMissing(loss) + ", and the file cannot be read: " + bytes.error().message;
            } else {
                restored.problem = stillMissing(loss) + ", and the file is not there any more";
            }
            if (!proved) {
                if (auto moved = found.withDigest(loss.row())) {
                    restored.source = moved->first->path;
                    proved = std::string(asText(moved->second));
                }
            }
            if (proved) {
                restored.problem.clear();
                CARMA_TRY(putBack(loss, *proved, restored));
            }
        }
        report.restored.push_back(std::move(restored));
        return {};
    };
    return eachDamagedDocument(report.damage, task, restore);
}

/// What was lost a moment ago may be there again.
Result<void> HealthImpl::renewLosses(HealReport& report, const Task& task)
{
    const bool any = std::ranges::any_of(
        report.restored, [](const RestoredDocument& one) { return one.passages + one.pieces > 0 || one.problem.empty(); });
    if (any) {
        report.damage.lost.clear();
        report.damage.lostRecords = 0;
        CARMA_TRY(nameLosses(report.damage, task));
    }
    return {};
}

Result<HealReport> HealthImpl::healFromFiles(const std::vector<std::string>& paths, const Task& task)
{
    if (m_core.readOnly) {
        return m_core.readOnlyError();
    }
    ingest::WalkOptions options;
    options.hidden = true;
    options.fileBytesMax = kFileBytesMax;
    options.avoid = m_core.path;
    CARMA_TRY_ASSIGN(const ingest::WalkResult found, ingest::walkSources(paths, options));
    CARMA_TRY_ASSIGN(HealReport report, heal(task));
    if (report.damage.cancelled || report.damage.lost.empty()) {
        return report;
    }
    CARMA_TRY(restoreFromFiles(found.files, report, task));
    report.damage.cancelled = task.cancelled();
    CARMA_TRY(renewLosses(report, task));
    const auto back = std::ranges::count_if(report.restored, [](const RestoredDocument& one) { return one.problem.empty(); });
    const auto tried = static_cast<std::uint64_t>(report.restored.size());
    if (static_cast<std::uint64_t>(back) < tried) {
        // Those that came back have entries of their own.
        journal::AuditNote note;
        note.action = "store.heal-from-files";
        note.outcome = journal::Outcome::Failed;
        note.reason = "of " + counted(tried, "document", "documents") + " " + std::to_string(tried - static_cast<std::uint64_t>(back)) +
            " still lack something";
        CARMA_TRY(m_core.appendAudited({}, note));
    }
    CARMA_TRY(scoreReturned(m_core));
    return report;
}

} // namespace carma::store
