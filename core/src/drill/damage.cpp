// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "drill/damage.h"

#include "base/counted.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <fstream>

namespace carma::drill {

namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kSector = 4096;
constexpr double kDiesAYear = 0.0140;
constexpr double kLatentMonths = 32, kLatentShare = 0.0345;
constexpr double kSilentMonths = 17, kSilentShare = 0.0066;

struct Part {
    fs::path path;
    std::uint64_t bytes = 0;
};

/// Files below a folder in the order of their names.
std::vector<Part> filesBelow(const fs::path& folder)
{
    std::vector<Part> parts;
    std::error_code ignored;
    for (const auto& entry : fs::recursive_directory_iterator(folder, ignored)) {
        if (entry.is_regular_file(ignored) && entry.file_size(ignored) > 0) {
            parts.push_back({entry.path(), entry.file_size(ignored)});
        }
    }
    std::ranges::sort(parts, {}, &Part::path);
    return parts;
}

std::uint64_t sumOf(const std::vector<Part>& parts)
{
    std::uint64_t bytes = 0;
    for (const Part& part : parts) {
        bytes += part.bytes;
    }
    return bytes;
}

/// The file and the offset of the byte `at` of all of them. REQUIRES: at < sumOf(parts)
std::pair<const Part*, std::uint64_t> placeOf(const std::vector<Part>& parts, std::uint64_t at)
{
    for (const Part& part : parts) {
        if (at < part.bytes) {
            return {&part, at};
        }
        at -= part.bytes;
    }
    return {nullptr, 0};
}

Result<void> flipBit(const Part& part, std::uint64_t offset, unsigned bit)
{
    std::fstream file(part.path, std::ios::in | std::ios::out | std::ios::binary);
    char byte = 0;
    file.seekg(static_cast<std::streamoff>(offset)).get(byte);
    file.seekp(static_cast<std::streamoff>(offset)).put(static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << bit)));
    file.flush();
    return file ? Result<void>() : Error{ErrorCode::Io, part.path.string() + " could not be damaged"};
}

Result<void> overwrite(const Part& part, std::uint64_t offset, std::uint64_t bytes, SplitMix& dice)
{
    std::fstream file(part.path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(offset));
    for (std::uint64_t i = 0; i < bytes; ++i) {
        file.put(static_cast<char>(dice.next()));
    }
    file.flush();
    return file ? Result<void>() : Error{ErrorCode::Io, part.path.string() + " could not be damaged"};
}

/// One drill's damage.
class Damager {
public:
    Damager(const std::string& folder, const DrillOptions& options, DrillReport& report)
        : m_folder(folder), m_options(options), m_report(report), m_dice(report.seed)
    {
    }

    Result<void> run()
    {
        CARMA_TRY(loseFolders());
        CARMA_TRY(age());
        CARMA_TRY(flip());
        return m_options.corruptCatalog ? corruptCatalog() : Result<void>();
    }

private:
    [[nodiscard]] std::vector<std::string> present() const
    {
        std::vector<std::string> names;
        for (unsigned i = 0; i < m_report.dataShards + m_report.parityShards; ++i) {
            const std::string name = "shards/" + std::to_string(i);
            if (fs::exists(m_folder / name)) {
                names.push_back(name);
            }
        }
        return names;
    }

    Result<void> lose(const std::string& name, std::string_view why)
    {
        std::error_code failed;
        fs::remove_all(m_folder / name, failed);
        if (failed) {
            return Error{ErrorCode::Io, name + ": " + failed.message()};
        }
        m_report.foldersLost.push_back(name);
        m_report.damage.push_back(name + " " + std::string(why));
        return {};
    }

    Result<void> loseFolders()
    {
        std::vector<std::string> names = present();
        if (m_options.loseFolders > names.size()) {
            return Error{ErrorCode::InvalidArgument, "the store has only " + counted(names.size(), "shard folder", "shard folders")};
        }
        for (unsigned i = 0; i < m_options.loseFolders; ++i) {
            const std::size_t chosen = m_dice.below(names.size());
            CARMA_TRY(lose(names[chosen], "was deleted"));
            names.erase(names.begin() + static_cast<std::ptrdiff_t>(chosen));
        }
        return {};
    }

    Result<void> age()
    {
        if (m_options.ageYears <= 0) {
            return {};
        }
        for (const std::string& name : present()) {
            const Aging aging = drawAging(m_dice, m_options.ageYears);
            if (aging.died) {
                CARMA_TRY(lose(name, "died of age"));
                continue;
            }
            const std::vector<Part> parts = filesBelow(m_folder / name);
            const std::uint64_t bytes = sumOf(parts);
            if (bytes == 0) {
                continue;
            }
            for (std::uint32_t i = 0; i < aging.unreadable; ++i) {
                const auto [part, offset] = placeOf(parts, m_dice.below(bytes));
                const std::uint64_t start = offset / kSector * kSector;
                CARMA_TRY(overwrite(*part, start, std::min(kSector, part->bytes - start), m_dice));
                ++m_report.sectorsOverwritten;
            }
            for (std::uint32_t i = 0; i < aging.corrupted; ++i) {
                const auto [part, offset] = placeOf(parts, m_dice.below(bytes));
                CARMA_TRY(flipBit(*part, offset, static_cast<unsigned>(m_dice.below(8))));
                ++m_report.bitsFlipped;
            }
            if (aging.unreadable + aging.corrupted > 0) {
                m_report.damage.push_back(name + ": " + counted(aging.unreadable, "sector", "sectors") + " overwritten, " +
                    counted(aging.corrupted, "bit", "bits") + " flipped by age");
            }
        }
        if (m_report.damage.empty()) {
            m_report.damage.emplace_back("age did nothing this time, as it mostly does");
        }
        return {};
    }

    Result<void> flip()
    {
        const std::vector<Part> parts = filesBelow(m_folder / "shards");
        const std::uint64_t bytes = sumOf(parts);
        if (m_options.flipBits == 0 || bytes == 0) {
            return {};
        }
        for (std::uint64_t i = 0; i < m_options.flipBits; ++i) {
            const auto [part, offset] = placeOf(parts, m_dice.below(bytes));
            CARMA_TRY(flipBit(*part, offset, static_cast<unsigned>(m_dice.below(8))));
        }
        m_report.bitsFlipped += m_options.flipBits;
        m_report.damage.push_back(counted(m_options.flipBits, "bit was", "bits were") + " flipped in what is left of the shards");
        return {};
    }

    Result<void> corruptCatalog()
    {
        constexpr unsigned kPages = 3;
        const fs::path path = m_folder / "catalog.sqlite";
        std::error_code failed;
        const std::uint64_t bytes = fs::exists(path, failed) ? fs::file_size(path, failed) : 0;
        if (bytes < kSector) {
            m_report.damage.emplace_back("there was no catalog to damage");
            return {};
        }
        for (unsigned i = 0; i < kPages; ++i) {
            CARMA_TRY(overwrite({path, bytes}, m_dice.below(bytes / kSector) * kSector, kSector, m_dice));
        }
        m_report.damage.emplace_back("three pages of the catalog were overwritten");
        return {};
    }

    const fs::path m_folder;
    const DrillOptions& m_options;
    DrillReport& m_report;
    SplitMix m_dice;
};

} // namespace

Aging drawAging(SplitMix& dice, double years)
{
    constexpr double kMonths = 12;
    constexpr std::uint64_t kBurst = 8;
    const auto happens = [&](double share, double months) { return dice.unit() < 1 - std::pow(1 - share, years * kMonths / months); };
    Aging aging;
    aging.died = happens(kDiesAYear, kMonths);
    if (happens(kLatentShare, kLatentMonths)) {
        aging.unreadable = static_cast<std::uint32_t>(1 + dice.below(kBurst));
    }
    if (happens(kSilentShare, kSilentMonths)) {
        aging.corrupted = static_cast<std::uint32_t>(1 + dice.below(kBurst));
    }
    return aging;
}

Result<void> damageCopy(const std::string& folder, const DrillOptions& options, DrillReport& report)
{
    return Damager(folder, options, report).run();
}

} // namespace carma::drill
