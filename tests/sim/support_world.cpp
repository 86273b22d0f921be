// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "sim/sim_world.h"

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace carma::sim {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPassphrase = "correct horse";
constexpr const char* kStorePath = "store";

struct Shape {
    unsigned data, parity;
};

Shape shapeOf(std::uint64_t seed)
{
    constexpr std::array<Shape, 10> kShapes{{{4, 2}, {4, 2}, {4, 2}, {4, 2}, {4, 2}, {4, 2}, {2, 1}, {1, 2}, {3, 3}, {1, 0}}};
    return kShapes[seed % kShapes.size()];
}

} // namespace

World::World(const SimOptions& options)
    : m_options(options), m_random(options.seed), m_storeRandom(options.seed + 0x5EED), m_disk(options.seed),
      m_executor(makeInlineExecutor()), m_data(shapeOf(options.seed).data), m_parity(shapeOf(options.seed).parity),
      m_scryptCost(2ULL << m_random.below(4)), m_faults(m_disk, m_random, m_data, m_parity)
{
    m_environment.disk = &m_disk;
    m_environment.clock = &m_clock;
    m_environment.random = &m_storeRandom;
    m_environment.executor = m_executor.get();
    m_environment.embedder = std::make_shared<WordEmbedder>();
    m_environment.catalogFolder = options.folder;
    m_environment.segmentBytes = static_cast<std::uint32_t>((48 + m_random.below(209)) << 10U);
}

void World::note(std::string text)
{
    m_trace.push_back(std::to_string(m_trace.size()) + " " + std::move(text));
    if (m_options.verbose) {
        std::fprintf(stderr, "%s\n", m_trace.back().c_str());
    }
}

Hash128 World::hash() const
{
    std::string all = toHex(m_disk.fingerprint().bytes);
    for (const std::string& line : m_trace) {
        all += line + "\n";
    }
    return hash128(asBytes(all), 0);
}

Strictness World::strictness() const { return m_failing || m_hopeless || m_disk.powerIsOff() ? Strictness::NoLies : Strictness::Exact; }

/// What a store may refuse within the budget: with m folders gone new segments and key rings would stand on too few copies.
bool World::mayBeRefused(const Error& error) const
{
    const auto says = [&](std::string_view words) { return error.message.find(words) != std::string::npos; };
    const bool degraded = !m_faults.damaged().empty();
    const bool fewKeyRings = says("keyring: ") && degraded;
    const bool fewShards = (says("could not be sealed") || says("folders that it needs")) && degraded &&
        m_faults.damaged().size() == m_parity;
    return fewKeyRings || fewShards || (m_lying && error.code == ErrorCode::Io);
}

Result<void> World::createStore()
{
    CreateOptions options;
    options.data = m_data;
    options.parity = m_parity;
    options.withKeyFile = false;
    options.passphrase = SecretBytes(asBytes(kPassphrase));
    options.scryptCost = m_scryptCost;
    note("create " + std::to_string(m_data) + "+" + std::to_string(m_parity) + ", segments of " +
        std::to_string(m_environment.segmentBytes));
    return expectDone("create", Store::create(kStorePath, std::move(options), m_environment));
}

Result<std::unique_ptr<Store>> World::tryOpen(bool readOnly)
{
    Credentials credentials;
    credentials.passphrase = SecretBytes(asBytes(kPassphrase));
    OpenOptions options;
    options.readOnly = readOnly;
    options.onNotice = [this](std::string_view news) { note("notice: " + std::string(news)); };
    return Store::open(kStorePath, credentials, m_environment, std::move(options));
}

Result<void> World::openStore()
{
    auto opened = tryOpen(false);
    CARMA_TRY(expectDone("open", opened));
    if (opened.has_value()) {
        m_store = *std::move(opened);
        return m_model.checkAll(m_store->memory(), strictness());
    }
    return {};
}

Result<void> World::closeStore()
{
    if (m_store == nullptr) {
        return {};
    }
    const auto closed = m_store->close();
    m_store.reset();
    return expectDone("close", closed);
}

Result<void> World::reopen()
{
    CARMA_TRY(closeStore());
    tamperCatalog();
    return openStore();
}

/// What is made to fail stops failing. Damage stays.
void World::calm()
{
    m_disk.clearFailures();
    m_disk.setSpaceBudget(std::nullopt);
    m_failing = false;
    m_lying = false;
}

Result<void> World::crash()
{
    const auto catalog = readCatalog();
    const std::uint64_t kind = below(8);
    if (kind == 0) {
        note("killed");
        m_disk.killProcess();
        m_store.reset();
    }
    // The destructor must not get to tidy up: from here on every operation fails.
    m_disk.cutPowerAfter(0);
    m_store.reset();
    if (kind != 0) {
        constexpr std::array<disk::SimCrash, 3> kKinds{disk::SimCrash::LoseUnsynced, disk::SimCrash::KeepUnsynced, disk::SimCrash::Seeded};
        note("crash");
        m_disk.crash(kKinds[std::min<std::uint64_t>(kind - 1, 2)]);
    } else {
        m_disk.crash(disk::SimCrash::KeepUnsynced);
    }
    if (below(2) == 0) {
        writeCatalog(catalog);
    }
    calm();
    tamperCatalog();
    if (below(4) == 0) {
        const std::uint64_t operations = below(200);
        note("the power will go after " + std::to_string(operations) + " operations");
        m_disk.cutPowerAfter(operations);
        m_failing = true; // the power may go at any point of opening
        CARMA_TRY(openStore());
        m_disk.cutPowerAfter(0);
        m_store.reset();
        m_disk.crash();
        calm();
    }
    return openStore();
}

/// Runs some work with a power cut somewhere in it.
Result<void> World::crashWhile(const std::function<Result<void>()>& work)
{
    const std::uint64_t operations = below(below(2) == 0 ? 20 : 300);
    note("the power will go after " + std::to_string(operations) + " operations");
    m_disk.cutPowerAfter(operations);
    m_failing = true;
    for (int i = 0; i < 8 && !m_disk.powerIsOff(); ++i) {
        CARMA_TRY(work());
    }
    return crash();
}

/// A second program opens the store for reading only.
Result<void> World::readBeside()
{
    auto reader = tryOpen(true);
    CARMA_TRY(expectDone("open for reading", reader));
    if (!reader.has_value()) {
        return {};
    }
    CARMA_TRY(m_model.checkAll((*reader)->memory(), strictness()));
    const auto refused = (*reader)->health().heal(Task{});
    if (refused.has_value() || refused.error().code != ErrorCode::Busy) {
        return violation("a store that is open for reading only was healed");
    }
    return {};
}

std::map<std::string, std::string> World::readCatalog() const
{
    std::map<std::string, std::string> files;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(m_options.folder, ignored)) {
        // Shared memory does not outlive its programs.
        if (!entry.path().string().ends_with("-shm")) {
            std::ifstream in(entry.path(), std::ios::binary);
            files[entry.path().filename().string()] = std::string(std::istreambuf_iterator<char>(in), {});
        }
    }
    return files;
}

void World::writeCatalog(const std::map<std::string, std::string>& files) const
{
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(m_options.folder, ignored)) {
        fs::remove_all(entry.path(), ignored);
    }
    for (const auto& [name, bytes] : files) {
        std::ofstream out(fs::path(m_options.folder) / name, std::ios::binary);
        out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    }
}

/// The catalog is derived: whatever happens to it while the store is closed costs nothing.
void World::tamperCatalog()
{
    const std::uint64_t kind = below(16);
    auto files = readCatalog();
    if (kind == 0) {
        note("the catalog is deleted");
        writeCatalog({});
    } else if (kind == 1 && !m_oldCatalog.empty()) {
        note("an old catalog is put back");
        writeCatalog(m_oldCatalog);
    } else if (kind == 2 && !files.empty()) {
        auto file = files.begin();
        std::advance(file, static_cast<std::ptrdiff_t>(below(files.size())));
        if (!file->second.empty()) {
            const std::size_t at = below(file->second.size());
            note("a bit of " + file->first + " flips at " + std::to_string(at));
            file->second[at] = static_cast<char>(file->second[at] ^ (1 << below(8)));
            writeCatalog(files);
        }
    } else if (kind == 3) {
        m_oldCatalog = std::move(files);
    }
}

} // namespace carma::sim
