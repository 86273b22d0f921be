// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/metadata.h"
#include "support/temporary_folder.h"
#include "support/test_main.h"

#include <QTest>

#include <filesystem>
#include <fstream>

using namespace carma;
using namespace carma::test;

namespace {

std::string whole()
{
    return R"({"name": "mine", "version": "1.2", "kind": "embedder", "abi": 1, "dimension": 384, "metric": "cosine",
        "advised_semantic_weight": 2, "licence": "MIT", "library": "mine.so", "description": "a model", "later": [1],
        "settings": [{"name": "threads", "type": "integer", "default": 2, "description": "how many"}],
        "models": [{"name": "small", "model": "small-v1", "dimension": 384, "advised_semantic_weight": 2.5}]})";
}

std::string replaced(std::string text, std::string_view what, std::string_view with)
{
    const std::size_t at = text.find(what);
    return text.replace(at, what.size(), with);
}

} // namespace

/// plugin.json is read before any code is loaded, and from anyone.
class TestMetadata : public QObject {
    Q_OBJECT

private slots:
    void readsEveryField()
    {
        const PluginInfo info = plugins::parseMetadata(asBytes(whole()), "/somewhere/folder");
        QCOMPARE(info.problem, std::string());
        QCOMPARE(info.name, std::string("mine"));
        QCOMPARE(info.version, std::string("1.2"));
        QVERIFY(info.kind == PluginKind::Embedder);
        QCOMPARE(info.abi, 1U);
        QCOMPARE(info.dimension, 384U);
        QCOMPARE(info.advisedSemanticWeight, 2.0);
        QCOMPARE(info.licence, std::string("MIT"));
        QCOMPARE(info.library, std::string("/somewhere/folder/mine.so"));
        QCOMPARE(info.settings.size(), std::size_t{1});
        QCOMPARE(info.settings[0].defaultValue, std::string("2"));
        QCOMPARE(info.models.size(), std::size_t{1});
        QCOMPARE(info.models[0].model, std::string("small-v1"));
    }

    void tellsWhatIsWrong_data()
    {
        QTest::addColumn<QString>("file");
        QTest::addColumn<QString>("says");
        const auto row = [](const char* name, const std::string& file, const char* says) {
            QTest::newRow(name) << QString::fromStdString(file) << says;
        };
        row("no JSON", "hello", "is not JSON");
        row("a list", "[]", "is no JSON object");
        row("nothing", "", "is not JSON");
        row("nested", std::string(60'000, '['), "nested too deeply");
        row("no name", replaced(whole(), "\"name\": \"mine\",", ""), "/name is missing");
        row("a name of capitals", replaced(whole(), "mine", "Mine"), "/name is no name");
        row("a name that is a path", replaced(whole(), "mine", "../mine"), "/name is no name");
        row("a name with a line", replaced(whole(), "mine", "mi\\nne"), "/name is no line");
        row("another kind", replaced(whole(), "\"embedder\"", "\"oracle\""), "/kind is neither");
        row("no abi", replaced(whole(), "\"abi\": 1,", ""), "/abi is missing");
        row("another abi", replaced(whole(), "\"abi\": 1", "\"abi\": 7"), "version 7");
        row("a text as number", replaced(whole(), "\"abi\": 1", "\"abi\": \"1\""), "/abi is no whole number");
        row("a negative dimension", replaced(whole(), "384", "-384"), "/dimension is no whole number");
        row("a huge dimension", replaced(whole(), "384", "5000000000"), "/dimension is no whole number");
        row("another metric", replaced(whole(), "cosine", "dot"), "/metric is not cosine");
        row("a library elsewhere", replaced(whole(), "mine.so", "../../evil.so"), "/library is no name");
        row("no library", replaced(whole(), "mine.so", ""), "/library is no name");
        row("no licence", replaced(whole(), "\"licence\": \"MIT\",", ""), "/licence is missing");
        row("an odd setting", replaced(whole(), "\"integer\"", "\"colour\""), "/settings/0/type is none of");
        row("a wrong default", replaced(whole(), "\"default\": 2", "\"default\": \"two\""), "/settings/0/default is not of the type");
        row("a weight that is none", replaced(whole(), "_weight\": 2,", "_weight\": 1e300,"), "/advised_semantic_weight is no number");
        row("an odd model", replaced(whole(), "\"model\": \"small-v1\",", ""), "/models/0/model is missing");
    }
    void tellsWhatIsWrong()
    {
        QFETCH(QString, file);
        QFETCH(QString, says);
        const std::string bytes = file.toStdString();
        const PluginInfo info = plugins::parseMetadata(asBytes(bytes), "/somewhere/folder");
        QVERIFY2(QString::fromStdString(info.problem).contains(says), info.problem.c_str());
        QVERIFY(info.name == "mine" || info.name == "folder");
    }

    void doesNotReadAGigabyte()
    {
        const TemporaryFolder folder;
        std::ofstream(folder / "plugin.json").close();
        std::filesystem::resize_file(folder / "plugin.json", 1ULL << 30U);
        const PluginInfo info = plugins::readPlugin(folder.path());
        QVERIFY2(info.problem.find("1073741824 bytes; at most 65536") != std::string::npos, info.problem.c_str());
    }

    void doesNotWaitForAPipe()
    {
        const TemporaryFolder folder;
        std::filesystem::create_directory(folder / "plugin.json");
        QVERIFY(!plugins::readPlugin(folder.path()).problem.empty());
    }

    void knowsTypes()
    {
        QVERIFY(plugins::isOfType("-12", SettingType::Integer));
        QVERIFY(!plugins::isOfType("12x", SettingType::Integer));
        QVERIFY(!plugins::isOfType("", SettingType::Integer));
        QVERIFY(plugins::isOfType("0.5", SettingType::Number));
        QVERIFY(!plugins::isOfType("nan", SettingType::Number));
        QVERIFY(plugins::isOfType("true", SettingType::Boolean));
        QVERIFY(!plugins::isOfType("yes", SettingType::Boolean));
        QVERIFY(!plugins::isOfType("\xFF", SettingType::Text));
    }
};

CARMA_TEST_CLASS(TestMetadata, "test_metadata")

#include "test_metadata.moc"
