// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/log_superblock/store_fixture.h"
#include "log/superblock/key_file.h"
#include "support/test_main.h"

#include <QTest>
#include <cctype>

using namespace carma;
using namespace carma::log;
using namespace carma::test;

/// Keys in the form in which people keep them: recovery codes and key files.
class TestWrittenKeys : public QObject {
    Q_OBJECT

private:
    static Bytes secretOf(std::uint64_t seed)
    {
        Bytes secret(32);
        SeededRandom(seed).fill(secret);
        return secret;
    }
    static constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

private slots:
    void recoveryCodesReadBack()
    {
        for (std::uint64_t seed = 0; seed < 200; ++seed) {
            const Bytes secret = secretOf(seed);
            const std::string code = formatRecoveryCode(secret);
            QCOMPARE(code.size(), std::size_t{65}); // eleven groups of five
            const auto parsed = parseRecoveryCode(code);
            VERIFY_OK(parsed);
            QVERIFY(parsed->equals(secret));
        }
        QVERIFY(parseRecoveryCode(formatRecoveryCode(Bytes(32)))->equals(Bytes(32)));
        QVERIFY(parseRecoveryCode(formatRecoveryCode(Bytes(32, std::byte{255})))->equals(Bytes(32, std::byte{255})));
    }
    void recoveryCodesForgiveHowTheyAreTyped()
    {
        const Bytes secret = secretOf(5);
        const std::string code = formatRecoveryCode(secret);
        std::string lower;
        std::string bare;
        std::string confused;
        for (const char c : code) {
            lower += static_cast<char>(std::tolower(c));
            bare += c == '-' ? std::string() : std::string(1, c);
            confused += c == '0' ? 'o' : c == '1' ? 'l' : c == '-' ? ' ' : c;
        }
        for (const std::string& typed : {lower, bare, confused, "  " + code + "\r\n"}) {
            const auto parsed = parseRecoveryCode(typed);
            VERIFY_OK(parsed);
            QVERIFY(parsed->equals(secret));
        }
    }
    void everyWrongCharacterIsNoticed()
    {
        const std::string code = formatRecoveryCode(secretOf(6));
        for (std::size_t at = 0; at < code.size(); ++at) {
            for (const char c : kAlphabet) {
                std::string typed = code;
                typed[at] = code[at] == '-' ? '-' : c;
                if (typed != code) {
                    COMPARE_ERROR(parseRecoveryCode(typed), ErrorCode::InvalidArgument);
                }
            }
        }
    }
    void everySwapOfNeighboursIsNoticed()
    {
        std::string code = formatRecoveryCode(secretOf(7));
        std::erase(code, '-');
        for (std::size_t at = 0; at + 1 < code.size(); ++at) {
            std::string typed = code;
            std::swap(typed[at], typed[at + 1]);
            if (typed != code) {
                COMPARE_ERROR(parseRecoveryCode(typed), ErrorCode::InvalidArgument);
            }
        }
    }
    void messagesSayWhatIsWrongWithACode()
    {
        const std::string code = formatRecoveryCode(secretOf(8));
        QVERIFY(parseRecoveryCode(code.substr(0, 60)).error().message.find("instead of 55") != std::string::npos);
        QVERIFY(parseRecoveryCode(code + "00").error().message.find("57 characters") != std::string::npos);
        std::string typed = code;
        typed[6] = 'U';
        QVERIFY(parseRecoveryCode(typed).error().message.starts_with("character 6 "));
        COMPARE_ERROR(parseRecoveryCode(""), ErrorCode::InvalidArgument);
        COMPARE_ERROR(parseRecoveryCode(std::string(100'000, '7')), ErrorCode::InvalidArgument);
        COMPARE_ERROR(parseRecoveryCode(std::string(55, '\0')), ErrorCode::InvalidArgument);
    }

    void keyFilesReadBack()
    {
        const StoreId store{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};
        const Bytes secret = secretOf(9);
        const std::string text = formatKeyFile(store, secret);
        QCOMPARE(text.size(), std::size_t{101});
        std::string crlf;
        for (const char c : text) {
            crlf += c == '\n' ? "\r\n" : std::string(1, c);
        }
        for (const std::string& form : {text, crlf, text.substr(0, text.size() - 1), text + "\n\n", crlf + "\r\n \n"}) {
            const auto file = parseKeyFile(form);
            VERIFY_OK(file);
            QVERIFY(file->store == store);
            QVERIFY(file->secret.equals(secret));
        }
    }
    void everyChangedCharacterOfAKeyFileIsNoticed()
    {
        const std::string text = formatKeyFile(StoreId{}.plus(77), secretOf(10));
        for (std::size_t at = 0; at + 1 < text.size(); ++at) {
            for (const char c : {'A', 'b', '0', '\n', ' ', '\0'}) {
                std::string changed = text;
                changed[at] = c;
                const auto parsed = parseKeyFile(changed);
                QVERIFY(changed == text || !parsed);
            }
        }
        for (std::size_t size = 0; size + 1 < text.size(); ++size) {
            QVERIFY(!parseKeyFile(text.substr(0, size)));
        }
    }
    void messagesSayWhatIsWrongWithAKeyFile()
    {
        const std::string text = formatKeyFile(StoreId{}.plus(77), secretOf(11));
        COMPARE_ERROR(parseKeyFile(""), ErrorCode::InvalidArgument);
        COMPARE_ERROR(parseKeyFile("-----BEGIN CERTIFICATE-----\n"), ErrorCode::InvalidArgument);
        COMPARE_ERROR(parseKeyFile("carma-key-2\nsomething else\n"), ErrorCode::Unsupported);
        COMPARE_ERROR(parseKeyFile("carma-key-1"), ErrorCode::InvalidArgument);
        QVERIFY(parseKeyFile(text + "one more\n").error().message.find("5 lines") != std::string::npos);
        std::string changed = text;
        changed[15] = 'U';
        QVERIFY(parseKeyFile(changed).error().message.starts_with("line 2"));
        changed = text;
        changed[45] = '*';
        QVERIFY(parseKeyFile(changed).error().message.starts_with("line 3"));
        changed = text;
        changed[98] = 'x';
        QVERIFY(parseKeyFile(changed).error().message.starts_with("the check"));
    }
};

CARMA_TEST_CLASS(TestWrittenKeys, "test_written_keys")
#include "test_written_keys.moc"
