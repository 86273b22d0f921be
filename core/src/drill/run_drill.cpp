// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "drill/copy_files.h"
#include "drill/damage.h"
#include "drill/dying_disk.h"

#include <carma/clock.h>
#include <carma/random.h>

#include <algorithm>
#include <filesystem>
#include <map>

namespace carma {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kSector = 4096;
constexpr std::size_t kNamedMax = 1000; // documents that are named in the report
constexpr int kCopyAttempts = 4;
constexpr unsigned kKillsMax = 8;

/// Where each file of a shard folder lies on its map.
struct Layout {
    std::map<std::string, std::uint64_t> starts; ///< of a file, in sectors
    std::uint64_t sectors = 0;
};

std::map<std::string, Layout> layOut(const std::string& copy)
{
    std::map<std::string, Layout> folders;
    std::error_code ignored;
    std::map<std::string, std::uint64_t> files;
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(copy) / "shards", ignored)) {
        if (entry.is_regular_file(ignored)) {
            files[fs::relative(entry.path(), copy, ignored).generic_string()] = entry.file_size(ignored);
        }
    }
    for (const auto& [name, bytes] : files) {
        Layout& folder = folders[name.substr(0, name.find('/', sizeof("shards/") - 1))];
        folder.starts[name] = folder.sectors;
        folder.sectors += (bytes + kSector - 1) / kSector;
    }
    return folders;
}

/// Puts the faults that were found on the maps.
std::vector<DrillMap> drawMaps(const std::map<std::string, Layout>& layouts, const DamageReport& damage)
{
    std::map<std::string, DrillMap> maps;
    for (const auto& [folder, layout] : layouts) {
        DrillMap& map = maps[folder];
        map.folder = folder;
        map.sectors = layout.sectors;
        map.damaged.assign(std::min<std::size_t>(kDrillBins, layout.sectors), 0);
        map.lost = map.damaged;
    }
    for (const Fault& fault : damage.faults) {
        const std::string folder = fault.file.substr(0, fault.file.find('/', sizeof("shards/") - 1));
        const auto map = maps.find(folder);
        if (map == maps.end() || map->second.damaged.empty()) {
            continue;
        }
        const Layout& layout = layouts.at(folder);
        std::uint64_t from = 0;
        std::uint64_t to = layout.sectors;
        if (const auto file = layout.starts.find(fault.file); file != layout.starts.end()) {
            from = file->second + (fault.kind == FaultKind::BadSector ? fault.sector : 0);
            const auto next = std::ranges::find_if(layout.starts, [&](const auto& other) { return other.second > file->second; });
            const std::uint64_t end = next == layout.starts.end() ? layout.sectors : next->second;
            to = fault.kind == FaultKind::BadSector ? std::min(from + 1, layout.sectors) : end;
        }
        const std::size_t bins = map->second.damaged.size();
        for (std::uint64_t sector = from; sector < to; ++sector) {
            const std::size_t bin = sector * bins / layout.sectors;
            ++map->second.damaged[bin];
            map->second.lost[bin] += fault.outcome == FaultOutcome::Lost ? 1 : 0;
        }
    }
    std::vector<DrillMap> all;
    for (auto& [folder, map] : maps) {
        all.push_back(std::move(map));
    }
    return all;
}

Result<std::vector<DocumentSummary>> allDocuments(Store& store)
{
    std::vector<DocumentSummary> all;
    ListOptions options;
    options.oldVersions = true;
    for (;;) {
        CARMA_TRY_ASSIGN(std::vector<DocumentSummary> page, store.memory().list(options));
        if (page.empty()) {
            return all;
        }
        options.after = page.back().id;
        std::ranges::move(page, std::back_inserter(all));
    }
}

std::string nameOf(const DocumentSummary& document)
{
    const std::string& name = document.path.empty() ? document.title : document.path;
    return name.empty() ? toString(document.id) : name;
}

class Drill {
public:
    Drill(const std::string& path, const Credentials& credentials, const DrillOptions& options, const Task& task)
        : m_path(path), m_credentials(credentials), m_options(options), m_task(task)
    {
    }
    ~Drill()
    {
        if (m_made && !m_options.keep) {
            drill::removeCopy(m_copy);
        }
    }
    Drill(const Drill&) = delete;
    Drill& operator=(const Drill&) = delete;

    Result<DrillReport> run()
    {
        CARMA_TRY(prepare());
        CARMA_TRY_ASSIGN(const auto original, open(m_path, true));
        CARMA_TRY_ASSIGN(const std::vector<DocumentSummary> documents, allDocuments(*original));
        CARMA_TRY(copy());
        const auto layouts = layOut(m_report.copy);
        CARMA_TRY(drill::damageCopy(m_report.copy, m_options, m_report));
        const std::int64_t began = systemClock().monotonicUs();
        if (m_options.kill) {
            killHeals();
        }
        auto damaged = open(m_report.copy, false);
        if (!damaged.has_value()) {
            return unopened(damaged.error(), documents);
        }
        CARMA_TRY_ASSIGN(m_report.heal, (*damaged)->health().heal(m_task));
        m_report.healUs = systemClock().monotonicUs() - began;
        m_report.maps = drawMaps(layouts, m_report.heal.damage);
        CARMA_TRY(compare(*original, **damaged, documents));
        CARMA_TRY_ASSIGN(const VerifyReport verified, (*damaged)->health().verify(m_task));
        m_report.verified = verified.intact();
        m_report.cancelled = m_report.heal.damage.cancelled || verified.damage.cancelled || m_task.cancelled();
        CARMA_TRY((*damaged)->close());
        return std::move(m_report);
    }

private:
    Result<void> prepare()
    {
        if (!(m_options.ageYears >= 0 && m_options.ageYears <= 1000)) {
            return Error{ErrorCode::InvalidArgument, "the years of a drill are 0 to 1,000"};
        }
        CARMA_TRY_ASSIGN(const StoreInfo info, Store::probe(m_path, {}));
        m_report.dataShards = info.dataShards;
        m_report.parityShards = info.parityShards;
        m_report.seed = m_options.seed;
        if (m_report.seed == 0) {
            std::uint32_t drawn = 0; // short enough to be typed again
            systemRandom().fill(std::as_writable_bytes(std::span(&drawn, 1)));
            m_report.seed = drawn | 1U;
        }
        m_report.copy = m_options.folder;
        std::error_code failed;
        if (m_report.copy.empty()) {
            fs::path store = fs::absolute(m_path, failed).lexically_normal();
            store = store.has_filename() ? store : store.parent_path();
            m_report.copy = store.string() + ".drill";
        }
        if (fs::exists(m_report.copy, failed) && !fs::is_empty(m_report.copy, failed)) {
            return Error{ErrorCode::AlreadyExists, m_report.copy + " holds something; a drill needs a new or an empty folder"};
        }
        return {};
    }

    Result<std::unique_ptr<Store>> open(const std::string& path, bool readOnly)
    {
        OpenOptions options;
        options.readOnly = readOnly;
        options.holder = "carma drill";
        return Store::open(path, m_credentials, {}, std::move(options));
    }

    /// Heals that end at some change of the disk, each time a later one, until one has so little left to do that it gets to its end.
    void killHeals()
    {
        SplitMix dice(m_report.seed);
        std::uint64_t changes = 0;
        for (unsigned round = 0; round < kKillsMax && !m_task.cancelled(); ++round) {
            changes += 1 + dice.below(8 * (round + 1));
            drill::DyingDisk disk(openPosixDisk(m_report.copy), changes);
            Environment environment;
            environment.disk = &disk;
            OpenOptions options;
            options.holder = "carma drill";
            auto store = Store::open(m_report.copy, m_credentials, environment, std::move(options));
            if (store.has_value()) {
                (void)(*store)->health().heal(m_task).has_value(); // it fails where the disk does
                store->reset();
            }
            if (!disk.isDead()) {
                return;
            }
            ++m_report.kills;
            m_report.damage.push_back("healing was ended at change " + std::to_string(changes + 1) + " of its files");
        }
    }

    /// A writer may replace files while they are copied: then it begins again.
    Result<void> copy()
    {
        const std::int64_t began = systemClock().monotonicUs();
        m_made = true;
        m_copy = m_report.copy;
        for (int attempt = 1;; ++attempt) {
            const auto copied = drill::copyStoreFiles(m_path, m_report.copy, m_task);
            if (copied.has_value()) {
                m_report.copyBytes = *copied;
                m_report.copyUs = systemClock().monotonicUs() - began;
                return {};
            }
            if (copied.error().code != ErrorCode::NotFound || attempt == kCopyAttempts) {
                return copied.error();
            }
            drill::removeCopy(m_report.copy);
        }
    }

    Result<DrillReport> unopened(const Error& error, const std::vector<DocumentSummary>& documents)
    {
        m_report.heal.notes.push_back("the damaged copy does not open: " + error.message);
        m_report.documents = documents.size();
        for (std::size_t i = 0; i < std::min(documents.size(), kNamedMax); ++i) {
            m_report.different.push_back(nameOf(documents[i]) + ": lost with the store");
        }
        return std::move(m_report);
    }

    Result<void> compare(Store& original, Store& healed, const std::vector<DocumentSummary>& documents)
    {
        const std::int64_t began = systemClock().monotonicUs();
        for (std::size_t i = 0; i < documents.size() && !m_task.cancelled(); ++i) {
            m_task.report({"comparing documents", i, documents.size(), "documents"});
            const auto wanted = original.memory().original(documents[i].id);
            if (!wanted.has_value()) {
                continue; // forgotten meanwhile, or lost in the original already
            }
            ++m_report.documents;
            const auto got = healed.memory().original(documents[i].id);
            if (got.has_value() && *got == *wanted) {
                ++m_report.same;
            } else if (got.has_value()) {
                m_report.lies.push_back(nameOf(documents[i]));
            } else if (m_report.different.size() < kNamedMax) {
                m_report.different.push_back(nameOf(documents[i]) + ": " + got.error().message);
            }
        }
        m_report.compareUs = systemClock().monotonicUs() - began;
        return {};
    }

    const std::string m_path;
    const Credentials& m_credentials;
    const DrillOptions& m_options;
    const Task& m_task;
    DrillReport m_report;
    std::string m_copy; ///< the report goes to the caller before the copy is removed
    bool m_made = false;
};

} // namespace

Result<DrillReport> runDrill(const std::string& path, const Credentials& credentials, const DrillOptions& options, const Task& task)
{
    return Drill(path, credentials, options, task).run();
}

} // namespace carma
