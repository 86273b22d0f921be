// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/ingest/support.h"
#include "ingest/encoding.h"
#include "support/test_main.h"

#include <QTest>

#include <array>
#include <unicode/ucnv.h>

using namespace carma;
using namespace carma::ingest;
using namespace carma::ingest::test;

class TestEncodings : public QObject {
    Q_OBJECT

private:
    static std::string encoded(std::string_view text, const char* encoding)
    {
        UErrorCode status = U_ZERO_ERROR;
        std::string bytes(text.size() * 4 + 16, '\0');
        const auto size = ucnv_convert(
            encoding, "UTF-8", bytes.data(), static_cast<int32_t>(bytes.size()), text.data(), static_cast<int32_t>(text.size()), &status);
        bytes.resize(U_SUCCESS(status) ? static_cast<std::size_t>(size) : 0);
        return bytes;
    }

    static constexpr std::string_view kGerman = "Die B\u00FCcher stehen \u00FCber dem Flu\u00DF, und die gro\u00DFe T\u00FCr f\u00FChrt in "
                                                "den sch\u00F6nen Garten. Wir gehen oft dorthin.";
    static constexpr std::string_view kFrench = "Le relieur a r\u00E9par\u00E9 la carte \u00E0 l'\u00E9t\u00E9 dernier. O\u00F9 est-elle? "
                                                "Pr\u00E8s de la fen\u00EAtre, \u00E0 c\u00F4t\u00E9 du caf\u00E9.";
    static constexpr std::string_view kSpanish = "El ni\u00F1o so\u00F1\u00F3 con el r\u00EDo. \u00BFD\u00F3nde est\u00E1 la canci\u00F3n "
                                                 "que cant\u00F3 mi abuela? Aqu\u00ED, dijo la se\u00F1ora.";
    static constexpr std::string_view kRussian = "\u0412 \u0441\u0430\u0434\u0443 \u0446\u0432\u0435\u0442\u0443\u0442 "
                                                 "\u0440\u043E\u0437\u044B, \u0430 \u0443 \u0440\u0435\u043A\u0438 "
                                                 "\u0441\u0442\u043E\u0438\u0442 \u0441\u0442\u0430\u0440\u044B\u0439 \u0434\u043E\u043C. "
                                                 "\u041C\u044B \u043F\u0440\u0438\u0445\u043E\u0434\u0438\u043C \u0442\u0443\u0434\u0430.";
    static constexpr std::string_view kJapanese = "\u5EAD\u306B\u306F\u8594\u8587\u304C\u54B2\u3044\u3066\u3044\u307E\u3059\u3002\u5DDD"
                                                  "\u306E\u305D\u3070\u306B\u53E4\u3044\u5BB6\u304C\u3042\u308A\u3001"
                                                  "\u79C1\u305F\u3061\u306F\u6BCE\u65E5\u6563\u6B69\u3057\u307E\u3059\u3002";
    static constexpr std::string_view kChinese =
        "\u82B1\u56ED\u91CC\u7684\u73AB\u7470\u5F00\u4E86\uFF0C\u6CB3\u8FB9\u6709\u4E00\u5EA7\u8001\u623F\u5B50\u3002\u6211\u4EEC\u6BCF"
        "\u5929\u90FD\u5728\u90A3\u91CC\u6563\u6B65\u3002";
    static constexpr std::string_view kArabic = "\u0641\u064A \u0627\u0644\u062D\u062F\u064A\u0642\u0629 \u0648\u0631\u062F "
                                                "\u0623\u062D\u0645\u0631 \u0648\u0628\u062C\u0627\u0646\u0628 "
                                                "\u0627\u0644\u0646\u0647\u0631 \u0628\u064A\u062A \u0642\u062F\u064A\u0645 "
                                                "\u0646\u0632\u0648\u0631\u0647 \u0643\u0644 \u064A\u0648\u0645.";

private slots:
    void textInItsUsualEncodingIsUnharmed_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("encoding");
        const auto row = [](std::string_view text, const char* encoding, const char* name) {
            QTest::newRow(name) << QByteArray(text.data(), static_cast<qsizetype>(text.size())) << QByteArray(encoding);
        };
        row(kGerman, "ISO-8859-1", "German, Latin-1");
        row(kFrench, "windows-1252", "French, Windows");
        row(kSpanish, "ISO-8859-1", "Spanish, Latin-1");
        row(kRussian, "KOI8-R", "Russian, KOI8-R");
        row(kRussian, "windows-1251", "Russian, Windows");
        row(kJapanese, "Shift_JIS", "Japanese, Shift-JIS");
        row(kJapanese, "EUC-JP", "Japanese, EUC");
        row(kChinese, "GB18030", "Chinese, GB18030");
        row(kArabic, "windows-1256", "Arabic, Windows");
        row(kGerman, "UTF-16LE", "German, UTF-16 without a mark");
        row(kRussian, "UTF-16", "Russian, UTF-16");
        row(kArabic, "UTF-32", "Arabic, UTF-32");
    }
    void textInItsUsualEncodingIsUnharmed()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, encoding);
        const std::string bytes = encoded(text.toStdString(), encoding.constData());
        QVERIFY(!bytes.empty());
        if (bytes.find('\x1A') != std::string::npos) {
            return; // the encoding lacks a letter
        }
        const auto draft = read("a.txt", bytes);
        VERIFY_OK(draft);
        QCOMPARE(QByteArray::fromStdString(draft->text), text);
        QVERIFY(!draft->textIsOriginal);
        QCOMPARE(draft->metadata.at(0).first, std::string("encoding"));
        QCOMPARE(treeFault(*draft), std::string());
    }

    void otherFormatsAreConvertedToo()
    {
        const auto page = read(
            "a.md", encoded("# Gr\u00FC\u00DFe aus dem Garten\n\nDie B\u00E4ume bl\u00FChen, und das Gras w\u00E4chst.\n", "ISO-8859-1"));
        VERIFY_OK(page);
        QCOMPARE(page->title, std::string("Gr\u00FC\u00DFe aus dem Garten"));
        const auto lines = read("a.jsonl", encoded("{\"text\": \"\u00DCber den Flu\u00DF\"}\n", "UTF-16"));
        VERIFY_OK(lines);
        QCOMPARE(lines->text, std::string("\u00DCber den Flu\u00DF\n"));
    }

    void aHintCountsForMoreThanAGuess()
    {
        const std::string bytes = encoded("\u0440\u043E\u0437\u044B", "KOI8-R");
        QCOMPARE(decodeText(asBytes(bytes), "koi8-r")->text, std::string("\u0440\u043E\u0437\u044B"));
        QCOMPARE(decodeText(asBytes("\u0440\u043E\u0437\u044B"), "no-such-charset")->encoding, std::string("UTF-8"));
    }

    void whatIsNoTextIsRefused()
    {
        COMPARE_ERROR(decodeText(asBytes(std::string_view("\0\1\2\3\4\5", 6))), ErrorCode::InvalidArgument);
        COMPARE_ERROR(decodeText(asBytes("\xFF\xFE"
                                         "a")),
            ErrorCode::InvalidArgument);
        COMPARE_ERROR(decodeText({}), ErrorCode::InvalidArgument);
        const std::string broken = std::string(kGerman) + "\xFF" + std::string(kFrench);
        COMPARE_ERROR(read("a.txt", broken), ErrorCode::InvalidArgument);
        QVERIFY(read("a.txt", broken).error().message.starts_with("is not UTF-8: the byte 0xFF at offset"));
        COMPARE_ERROR(read("a.txt", std::string(kRussian) + "\xD0"), ErrorCode::InvalidArgument); // cut inside a letter
        std::mt19937_64 random(1);
        for (int i = 0; i < 300; ++i) {
            std::string bytes(random() % 2000 + 1, '\0');
            for (char& c : bytes) {
                c = static_cast<char>(random());
            }
            const auto decoded = decodeText(asBytes(bytes));
            QVERIFY(!decoded.has_value() || validUtf8Prefix(decoded->text) == decoded->text.size());
        }
    }
};

CARMA_TEST_CLASS(TestEncodings, "test_encodings")

#include "test_encodings.moc"
