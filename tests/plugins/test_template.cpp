// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin_folders.h"
#include "support/temporary_folder.h"
#include "support/test_main.h"

#include <QProcess>
#include <QTest>

#include <fstream>

using namespace carma;
using namespace carma::test;
namespace fs = std::filesystem;

/// The template as someone uses it who has the installed header and nothing else.
class TestTemplate : public QObject {
    Q_OBJECT

private:
    TemporaryFolder m_folder;
    QString path(const char* name) const { return QString::fromStdString(m_folder / name); }
    static void run(const QString& program, const QStringList& arguments)
    {
        QProcess process;
        process.start(program, arguments);
        QVERIFY(process.waitForFinished(120'000));
        QVERIFY2(process.exitCode() == 0, (process.readAllStandardOutput() + process.readAllStandardError()).constData());
    }

private slots:
    void isAHundredLinesAtMost()
    {
        std::ifstream file(CARMA_SOURCE_DIR "/plugins/template/template.c");
        const auto lines = std::count(std::istreambuf_iterator<char>(file), {}, '\n');
        QVERIFY(lines > 10 && lines <= 100);
    }

    void buildsOutsideTheTreeAndPasses()
    {
        fs::copy(CARMA_SOURCE_DIR "/plugins/template", m_folder / "mine");
        fs::create_directories(m_folder / "prefix/include/carma");
        fs::copy_file(CARMA_SOURCE_DIR "/core/include/carma/plugin_abi.h", m_folder / "prefix/include/carma/plugin_abi.h");
        run("cmake",
            {"-S", path("mine"), "-B", path("build"), "-DCMAKE_PREFIX_PATH=" + path("prefix"), "-DCMAKE_C_FLAGS=-Wall -Wextra -Werror"});
        run("cmake", {"--build", path("build")});
        PluginOptions options = builtPlugins();
        options.folders = {m_folder / "build/plugins"};
        const auto listed = listPlugins(options);
        VERIFY_OK(listed);
        QCOMPARE(listed->size(), std::size_t{1});
        QCOMPARE((*listed)[0].name, std::string("template"));
        QCOMPARE((*listed)[0].problem, std::string());
        const auto report = testPlugin("template", options);
        VERIFY_OK(report);
        for (const PluginCheck& check : report->checks) {
            QVERIFY2(check.passed, (check.name + ": " + check.detail).c_str());
        }
    }
};

CARMA_TEST_CLASS(TestTemplate, "test_template")

#include "test_template.moc"
