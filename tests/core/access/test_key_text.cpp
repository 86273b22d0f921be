// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "access/base62.h"
#include "access/key_maker.h"
#include "base/hash.h"
#include "support/seeded_random.h"
#include "support/temporary_folder.h"
#include "support/test_main.h"

#include <QTest>

#include <fstream>
#include <sys/wait.h>
#include <unistd.h>
#include <unordered_set>

using namespace carma;
using namespace carma::access;
using namespace carma::test;

namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

std::string keyOf(SeededRandom& random)
{
    std::string user(8, '0');
    for (char& c : user) {
        c = "0123456789abcdef"[random.below(16)];
    }
    KeyMaker maker(random);
    std::array<char, kKeyFormMax> text{};
    const auto permission = static_cast<KeyPermission>(random.below(5));
    return {text.data(), maker.make(makeStem(user, random.below(kSeats), permission), text)};
}

bool isLong() { return qEnvironmentVariableIsSet("CARMA_LONG_TESTS"); }

} // namespace

class TestKeyText : public QObject {
    Q_OBJECT

private slots:
    void aKeyIsTakenApartAsItWasMade()
    {
        SeededRandom random(1);
        KeyMaker maker(random);
        std::array<char, kKeyFormMax> text{};
        const KeyStem stem = makeStem("00c0ffee", 7'999'999'999, KeyPermission::Custom);
        const std::string key(text.data(), maker.make(stem, text));
        QCOMPARE(key.size(), kKeyFormMax);
        const auto parts = parseKey(key);
        VERIFY_OK(parts);
        QCOMPARE(parts->user, std::string("00c0ffee"));
        QCOMPARE(parts->position, std::uint64_t{7'999'999'999});
        QCOMPARE(parts->permission, KeyPermission::Custom);
        QCOMPARE(parts->piWord, stem.parts.piWord);
        QCOMPARE(parts->block(), std::uint64_t{133'333'333});
        QCOMPARE(parts->slot(), std::uint64_t{19});
        QVERIFY(parts->fingerprint != 0);
    }

    void secretsOfAllSizesComeBack()
    {
        SeededRandom random(2);
        for (unsigned i = 0; i < 2000; ++i) {
            Bytes secret = random.bytes(32);
            for (std::size_t zero = 0; zero < i % 33; ++zero) {
                secret[zero] = i < 1000 ? std::byte{0} : std::byte{0xFF};
            }
            std::array<char, kSecretChars> chars{};
            writeBase62(secret, chars);
            std::array<std::byte, 32> back{};
            QVERIFY(readBase62({chars.data(), chars.size()}, back));
            QVERIFY(std::ranges::equal(back, secret));
        }
        std::array<std::byte, 32> back{};
        QVERIFY(!readBase62(std::string(kSecretChars, 'z'), back)); // 62^43 - 1 is more than 2^256 - 1
        Bytes most(32, std::byte{0xFF});
        std::array<char, kSecretChars> chars{};
        writeBase62(most, chars);
        chars.back() = static_cast<char>(chars.back() + 1); // 2^256
        QVERIFY(!readBase62({chars.data(), chars.size()}, back));
        QVERIFY(!readCheckChars("zzzzzz").has_value());
        QCOMPARE(crc32(asBytes("123456789")), 0xCBF43926U); // the check value of this CRC
    }

    void everyTypoOfOneCharacterIsSeen()
    {
        SeededRandom random(3);
        std::size_t mutated = 0;
        for (unsigned i = 0; i < 150; ++i) {
            const std::string key = keyOf(random);
            VERIFY_OK(parseKey(key));
            for (std::size_t at = 0; at < key.size(); ++at) {
                for (const char c : kAlphabet) {
                    std::string wrong = key;
                    wrong[at] = c;
                    if (c != key[at]) {
                        ++mutated;
                        QVERIFY2(!takeApart(wrong).has_value(), wrong.c_str());
                    }
                }
            }
        }
        QVERIFY2(mutated >= 900'000, qPrintable(QString::number(mutated)));
    }

    void everySwapLossAndDoublingIsSeen()
    {
        SeededRandom random(4);
        std::size_t mutated = 0;
        for (unsigned i = 0; i < 500; ++i) {
            const std::string key = keyOf(random);
            for (std::size_t at = 0; at < key.size(); ++at) {
                std::string swapped = key;
                if (at + 1 < key.size()) {
                    std::swap(swapped[at], swapped[at + 1]);
                }
                std::string lost = key;
                lost.erase(at, 1);
                std::string doubled = key;
                doubled.insert(at, 1, key[at]);
                for (const std::string& wrong : {swapped, lost, doubled}) {
                    if (wrong != key) {
                        ++mutated;
                        QVERIFY2(!takeApart(wrong).has_value(), wrong.c_str());
                    }
                }
            }
        }
        QVERIFY2(mutated >= 100'000, qPrintable(QString::number(mutated)));
    }

    /// A swap over the border changes the last byte under the CRC and the lowest digit of the check. For it to go unseen, the CRC would
    /// have to change by less than 62: the change of a last byte always reaches the highest 8 bits, so a carry would have to run there.
    void aSwapOverTheBorderOfTheCheckIsAlwaysSeen()
    {
        for (unsigned change = 1; change < 256; ++change) {
            const char zero = '\0';
            const char changed = static_cast<char>(change);
            const std::uint32_t difference = crc32(asBytes({&zero, 1})) ^ crc32(asBytes({&changed, 1}));
            QVERIFY(difference >> 24U != 0);
            QVERIFY((difference >> 8U & 0xFFFFU) != 0xFFFFU);
        }
    }

    void eachErrorNamesItsPlace_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("told");
        const QByteArray good = "carma_00c0ffee_pi_60_perm_rw_meta_";
        QTest::newRow("empty") << QByteArray() << QByteArray("'carma_', character 1: 'c' is wanted, the end is there");
        QTest::newRow("prefix") << QByteArray("karma_00c0ffee") << QByteArray("'carma_', character 1: 'c' is wanted, 'k' is there");
        QTest::newRow("upper case") << QByteArray("carma_00C0ffee_pi_")
                                    << QByteArray("the user, character 9: one of 0-9a-f is wanted, 'C' is");
        QTest::newRow("user too short") << QByteArray("carma_00c0_pi_60") << QByteArray("the user, character 11");
        QTest::newRow("NUL") << QByteArray("carma_00c0\0ffe_pi_60", 20)
                             << QByteArray("the user, character 11: one of 0-9a-f is wanted, the byte 0x00");
        QTest::newRow("no position") << QByteArray("carma_00c0ffee_pi__perm_rw")
                                     << QByteArray("the position, character 19: a digit is wanted, '_'");
        QTest::newRow("leading zero") << QByteArray("carma_00c0ffee_pi_060_perm_rw")
                                      << QByteArray("the position, character 19: a position has no leading");
        QTest::newRow("beyond the world") << QByteArray("carma_00c0ffee_pi_8000000040_perm_rw")
                                          << QByteArray("the world has 8000000040 seats");
        QTest::newRow("long position") << QByteArray("carma_00c0ffee_pi_80000000401_perm_rw") << QByteArray("the world has");
        QTest::newRow("permission") << QByteArray("carma_00c0ffee_pi_60_perm_root_meta_")
                                    << QByteArray("the permission, character 27: a permission is ro");
        QTest::newRow("meta") << good + "12345x_quantum_" << QByteArray("the meta key, character 40: a digit is wanted, 'x' is there");
        QTest::newRow("secret too short") << good + "123456_quantum_abc"
                                          << QByteArray("the secret, character 53: a letter or digit is wanted, the end");
        QTest::newRow("alphabet") << good + "123456_quantum_ab!"
                                  << QByteArray("the secret, character 52: a letter or digit is wanted, something");
        QTest::newRow("no check") << good + "123456_quantum_" + QByteArray(43, 'a')
                                  << QByteArray("the check, character 93: a letter or digit");
        QTest::newRow("too long") << good + "123456_quantum_" + QByteArray(50, 'a')
                                  << QByteArray("the end, character 99: the key should end");
        QTest::newRow("more than 256 bits") << good + "123456_quantum_" + QByteArray(49, 'z')
                                            << QByteArray("the secret, character 50: it has more than 256");
        QTest::newRow("check") << good + "123456_quantum_" + QByteArray(49, '0') << QByteArray("the check, character 93: it does not fit");
        QTest::newRow("huge") << QByteArray(1'000'000, 'c') << QByteArray("the end, character 256: a key has at most 255");
    }
    void eachErrorNamesItsPlace()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, told);
        const auto parts = parseKey({text.data(), static_cast<std::size_t>(text.size())});
        COMPARE_ERROR(parts, ErrorCode::InvalidArgument);
        QVERIFY2(parts.error().message.find(told.toStdString()) != std::string::npos, parts.error().message.c_str());
        QVERIFY2(parts.error().message.size() < 200, parts.error().message.c_str());
    }

    void aWrongMetaKeyUnderARightCheckIsSeen()
    {
        SeededRandom random(6);
        std::string key = keyOf(random);
        const std::size_t digit = key.find("_meta_") + 6;
        key[digit] = key[digit] == '9' ? '8' : '9';
        const auto check = checkChars(crc32(asBytes(std::string_view(key).substr(0, key.size() - kCheckChars))));
        key.replace(key.size() - kCheckChars, kCheckChars, check.data(), check.size());
        const auto parts = parseKey(key);
        COMPARE_ERROR(parts, ErrorCode::InvalidArgument);
        QVERIFY2(parts.error().message.find("meta key, character " + std::to_string(digit + 1)) != std::string::npos,
            parts.error().message.c_str());
    }

    void messagesHoldNothingOfTheSecret()
    {
        SeededRandom random(8);
        const std::string key = keyOf(random);
        const std::size_t secret = key.find("_quantum_") + 9;
        for (std::size_t at = secret; at < key.size(); ++at) {
            std::string wrong = key;
            wrong[at] = '#';
            const std::string message = parseKey(wrong).error().message;
            QVERIFY(message.find(key.substr(secret, 5)) == std::string::npos && message.find('#') == std::string::npos);
        }
    }

    void noTwoKeysAreTheSame()
    {
        // CARMA_LONG_TESTS draws ten million.
        const std::size_t count = isLong() ? 10'000'000 : 200'000;
        SeededRandom random(11);
        KeyMaker maker(random);
        const KeyStem stem = makeStem("0123abcd", 17, KeyPermission::ReadOnly);
        std::array<char, kKeyFormMax> text{};
        std::unordered_set<std::uint64_t> seen;
        std::unordered_set<std::string> whole; // of those whose hashes met
        seen.reserve(count);
        for (std::size_t i = 0; i < count; ++i) {
            const std::string_view key(text.data(), maker.make(stem, text));
            if (!seen.insert(hash64(asBytes(key), 0)).second) {
                QVERIFY(whole.insert(std::string(key)).second);
            }
        }
        QVERIFY(whole.size() < 5); // 2.7e-6 are expected of 64-bit hashes of ten million
    }

    void aForkedProcessDrawsSecretsOfItsOwn()
    {
        KeyMaker maker(systemRandom());
        const KeyStem stem = makeStem("0123abcd", 17, KeyPermission::ReadOnly);
        std::array<char, kKeyFormMax> text{};
        const auto make = [&] { return std::string(text.data(), maker.make(stem, text)); };
        make(); // more secrets are waiting now than this one
        std::array<int, 2> ends{};
        QCOMPARE(::pipe(ends.data()), 0);
        const ::pid_t child = ::fork();
        if (child == 0) {
            const std::string key = make();
            ::_exit(::write(ends[1], key.data(), key.size()) == static_cast<ssize_t>(key.size()) ? 0 : 1);
        }
        QVERIFY(child > 0);
        int status = -1;
        QCOMPARE(::waitpid(child, &status, 0), child);
        QCOMPARE(status, 0);
        std::string theirs(kKeyFormMax, ' ');
        const ssize_t size = ::read(ends[0], theirs.data(), theirs.size());
        ::close(ends[0]);
        ::close(ends[1]);
        QVERIFY(size > 0);
        theirs.resize(static_cast<std::size_t>(size));
        VERIFY_OK(parseKey(theirs));
        QVERIFY(theirs != make());
    }

    void aTextThatIsNotOfItsStemNeverLeaves()
    {
        SeededRandom random(13);
        KeyMaker maker(random);
        const KeyStem stem = makeStem("0123abcd", 17, KeyPermission::ReadOnly);
        std::array<char, kKeyFormMax> text{};
        const std::string key(text.data(), maker.make(stem, text));
        VERIFY_OK(checkMade(key, stem));
        for (const KeyStem& other : {makeStem("0123abce", 17, KeyPermission::ReadOnly), makeStem("0123abcd", 18, KeyPermission::ReadOnly),
                 makeStem("0123abcd", 17, KeyPermission::ReadWrite)}) {
            COMPARE_ERROR(checkMade(key, other), ErrorCode::InvalidArgument);
        }
        KeyStem wrong = stem;
        wrong.parts.meta ^= 1U;
        COMPARE_ERROR(checkMade(key, wrong), ErrorCode::InvalidArgument);
        std::string flipped = key;
        flipped[key.find("_quantum_") + 12] ^= 1;
        COMPARE_ERROR(checkMade(flipped, stem), ErrorCode::InvalidArgument);
    }

    void keysAreFoundWhereTheyLie()
    {
        SeededRandom random(12);
        const std::string first = keyOf(random);
        const std::string second = keyOf(random);
        std::string wrong = second;
        wrong.back() = wrong.back() == 'a' ? 'b' : 'a';
        const std::string text = "carma_ carma_0 \n\nkey = \"" + first + "\";\n" + std::string(3000, 'x') + "\n" + wrong + " " + second;
        for (const std::size_t piece :
            {std::size_t{1}, std::size_t{7}, std::size_t{109}, std::size_t{110}, std::size_t{111}, std::size_t{250}, std::size_t{5000}}) {
            std::vector<KeyFinding> found;
            KeyScanner scanner([&](const KeyFinding& finding) { found.push_back(finding); });
            for (std::size_t at = 0; at < text.size(); at += piece) {
                scanner.add(asBytes(std::string_view(text).substr(at, piece)));
            }
            scanner.finish();
            QCOMPARE(found.size(), std::size_t{3});
            QCOMPARE(found[0].line, std::uint64_t{3});
            QCOMPARE(found[0].column, std::uint64_t{8});
            QCOMPARE(found[0].offset, std::uint64_t{text.find(first)});
            QVERIFY(found[0].whole && !found[1].whole && found[2].whole);
            QCOMPARE(found[2].offset, std::uint64_t{text.find(second)});
            QCOMPARE(found[2].line, std::uint64_t{5});
            QCOMPARE(found[0].parts.fingerprint, parseKey(first)->fingerprint);
        }
    }

    void keysOnEveryBorderAreFound()
    {
        SeededRandom random(13);
        const std::string key = keyOf(random);
        for (std::size_t before = 0; before < 300; ++before) {
            const std::string text = std::string(before, '.') + key + std::string(before % 7, '.');
            for (const std::size_t cut : {before, before + 1, before + 50, before + key.size() - 1}) {
                unsigned found = 0;
                KeyScanner scanner([&](const KeyFinding& finding) { found += finding.whole && finding.offset == before ? 1 : 0; });
                scanner.add(asBytes(std::string_view(text).substr(0, cut)));
                scanner.add(asBytes(std::string_view(text).substr(cut)));
                scanner.finish();
                QCOMPARE(found, 1U);
            }
        }
    }

    void treesAreScanned()
    {
        SeededRandom random(14);
        const TemporaryFolder folder;
        const std::string key = keyOf(random);
        std::filesystem::create_directories(folder / "a/b");
        std::ofstream(folder / "a/b/config.yml") << "token: " << key << "\n";
        std::ofstream(folder / "a/other") << std::string(5'000'000, 'c');
        std::filesystem::create_symlink(folder / "a", folder / "a/loop");
        std::vector<std::string> files;
        const auto report = scanForKeys(
            folder.path(), [&](const std::string& file, const KeyFinding&) { files.push_back(file); }, Task{});
        VERIFY_OK(report);
        QCOMPARE(report->files, std::uint64_t{2});
        QCOMPARE(report->findings, std::uint64_t{1});
        QCOMPARE(files, std::vector<std::string>{folder / "a/b/config.yml"});
        COMPARE_ERROR(scanForKeys(folder / "none", {}, Task{}), ErrorCode::NotFound);
    }
};

CARMA_TEST_CLASS(TestKeyText, "test_key_text")

#include "test_key_text.moc"
