// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "disk/sim_disk.h"
#include "support/manual_clock.h"
#include "support/seeded_random.h"
#include "support/temporary_folder.h"

#include <carma/embedder.h>
#include <carma/executor.h>
#include <carma/store.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>

namespace carma::test {

/// Counts letters: enough meaning for tests that are not about meaning.
class LetterEmbedder final : public Embedder {
public:
    explicit LetterEmbedder(EmbedderIdentity identity = {"letters", 1, 32}) : m_identity(std::move(identity)) {}
    const EmbedderIdentity& identity() const override { return m_identity; }
    Result<void> embed(std::span<const std::string_view> texts, std::span<float> out) override
    {
        for (std::size_t i = 0; i < texts.size(); ++i) {
            const auto row = out.subspan(i * m_identity.dimension, m_identity.dimension);
            std::ranges::fill(row, 0.0F);
            float sum = 0;
            for (const char c : texts[i]) {
                row[static_cast<unsigned char>(c) % row.size()] += 1;
            }
            for (const float value : row) {
                sum += value * value;
            }
            for (float& value : row) {
                value = sum > 0 ? value / std::sqrt(sum) : 0;
            }
        }
        return {};
    }

private:
    EmbedderIdentity m_identity;
};

/// A store on a simulated disk; verbs for what tests do with it.
class StoreFixture {
public:
    explicit StoreFixture(std::uint64_t seed = 1) : disk(seed), random(seed), executor(makeInlineExecutor())
    {
        environment.disk = &disk;
        environment.clock = &clock;
        environment.random = &random;
        environment.executor = executor.get();
        environment.embedder = std::make_shared<LetterEmbedder>();
        environment.catalogFolder = catalogFolder.path();
        environment.segmentBytes = 64U << 10U;
    }

    Result<Created> create()
    {
        CreateOptions options;
        options.withKeyFile = false;
        options.passphrase = SecretBytes(asBytes("right"));
        options.scryptCost = 2;
        return Store::create("store", std::move(options), environment);
    }

    Result<std::unique_ptr<Store>> open(bool readOnly = false, std::string_view passphrase = "right")
    {
        Credentials credentials;
        credentials.passphrase = SecretBytes(asBytes(passphrase));
        OpenOptions options;
        options.readOnly = readOnly;
        options.holder = "the test";
        options.onNotice = [this](std::string_view notice) { notices.emplace_back(notice); };
        return Store::open("store", credentials, environment, std::move(options));
    }

    void deleteCatalog()
    {
        for (const char* name : {"catalog.sqlite", "catalog.sqlite-wal", "catalog.sqlite-shm", "catalog.sums"}) {
            std::remove((catalogFolder.path() + "/" + name).c_str());
        }
    }

    disk::SimDisk disk;
    ManualClock clock;
    SeededRandom random;
    std::unique_ptr<Executor> executor;
    TemporaryFolder catalogFolder;
    Environment environment;
    std::vector<std::string> notices;
};

/// Text with `sentences` sentences that name `topic`.
inline std::string textAbout(std::string_view topic, int sentences)
{
    std::string text;
    for (int i = 0; i < sentences; ++i) {
        text += "Sentence " + std::to_string(i) + " tells something about " + std::string(topic) + " that nobody else knows. ";
        text += i % 5 == 4 ? "\n\n" : "";
    }
    return text;
}

} // namespace carma::test
