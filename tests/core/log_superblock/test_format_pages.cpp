// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/log_superblock/store_fixture.h"
#include "log/superblock/superblock_codec.h"
#include "support/test_main.h"

#include <QTest>
#include <fstream>
#include <sstream>

using namespace carma;
using namespace carma::log;
using namespace carma::test;

namespace {

/// The first ```hex block of a format page: bytes in hexadecimal, "#" begins a comment.
Bytes exampleOf(const std::string& page)
{
    std::ifstream file(std::string(CARMA_SOURCE_DIR) + "/core/docs/format/" + page);
    Bytes bytes;
    bool inside = false;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("```")) {
            if (inside) {
                break;
            }
            inside = line == "```hex";
            continue;
        }
        std::istringstream words(line.substr(0, line.find('#')));
        for (std::string word; inside && words >> word;) {
            bytes.push_back(static_cast<std::byte>(std::stoul(word, nullptr, 16)));
        }
    }
    return bytes;
}

} // namespace

/// The worked examples of core/docs/format are real: this reads them with the program's own parsers.
class TestFormatPages : public QObject {
    Q_OBJECT

private slots:
    void theSuperblockPageShowsASuperblock()
    {
        const Bytes payload = exampleOf("superblock.md");
        const auto superblock = parseSuperblock(payload);
        VERIFY_OK(superblock);
        QVERIFY(encodeSuperblock(*superblock) == payload);
        QCOMPARE(superblock->epoch, std::uint64_t{1});
        QVERIFY(superblock->geometry == (Geometry{.data = 4, .parity = 2}));
        const auto keys = unlock(*superblock, keyFile(3)); // the page says which secret opens it
        VERIFY_OK(keys);
        VERIFY_OK(signingKey(*superblock, *keys));
    }
    void theKeyRingPageShowsTheRingOfThatStore()
    {
        const auto superblock = parseSuperblock(exampleOf("superblock.md"));
        VERIFY_OK(superblock);
        const auto keys = unlock(*superblock, keyFile(3));
        VERIFY_OK(keys);
        StoreFixture folders;
        for (unsigned shard = 0; shard < 6; ++shard) {
            folders.disk.put(folders.folders[shard] + "/keyring",
                frameObject({.store = superblock->store, .kind = SectorKind::KeyRing}, exampleOf("keyring.md")));
        }
        const auto reading = readKeyRing(folders.disk, folders.folders, superblock->store, *keys);
        VERIFY_OK(reading);
        QCOMPARE(reading->ring.entries.size(), std::size_t{1});
        const KeyRingEntry& entry = reading->ring.entries[0];
        const auto name = keys->wrapping().open(entry.space.view(), entry.sealedName);
        VERIFY_OK(name);
        QCOMPARE(toString(*name), std::string("garden"));
        QCOMPARE(keys->wrapping().openSecret(entry.space.view(), entry.wrappedKey)->size(), std::size_t{32});
    }
};

CARMA_TEST_CLASS(TestFormatPages, "test_format_pages")
#include "test_format_pages.moc"
