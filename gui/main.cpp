// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/program.h"
#include "app/theme.h"
#include "frame/main_window.h"
#include "frame/pictures.h"

#include <carma/allocator.h>

#include <QApplication>
#include <QCommandLineParser>

#include <sys/resource.h>

#include <cstdio>

namespace {

using namespace carma::gui;

struct Wanted {
    QString pictures;
    QString store;
    std::optional<Theme> theme;
    int scalePercent = 0;
    QString language;
};

/// The scale must be known before the application is made, so these two are looked for by hand.
QString valueOf(int argc, char** argv, const char* option)
{
    for (int i = 1; i + 1 < argc; ++i) {
        if (qstrcmp(argv[i], option) == 0) {
            return QString::fromLocal8Bit(argv[i + 1]);
        }
    }
    return {};
}

void declare(QCommandLineParser& parser)
{
    parser.setApplicationDescription("The desktop program of CARMA: see the memory, its wounds and its healing.");
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addOption({"screenshot", "Draw every page of a store made of the sample corpus into DIR, and end.", "DIR"});
    parser.addOption({"theme", "light, dark or contrast.", "NAME"});
    parser.addOption({"scale", "Size of everything in percent, 100 to 300.", "N"});
    parser.addOption({"language", "en or de.", "NAME"});
    parser.addPositionalArgument("STORE", "The store to open.", "[STORE]");
}

/// False, with a line on stderr, for what has no meaning.
bool understand(const QCommandLineParser& parser, Wanted& wanted)
{
    const QString theme = parser.value("theme");
    if (parser.isSet("theme")) {
        const QStringList names{"light", "dark", "contrast"};
        if (!names.contains(theme)) {
            std::fprintf(stderr, "carma-workstation: there is no theme '%s'; light, dark or contrast\n", qPrintable(theme));
            return false;
        }
        wanted.theme = static_cast<Theme>(names.indexOf(theme));
    }
    const int scale = parser.value("scale").toInt();
    if (parser.isSet("scale") && (scale < 100 || scale > 300)) {
        std::fprintf(stderr, "carma-workstation: the scale is 100 to 300 percent\n");
        return false;
    }
    wanted.pictures = parser.value("screenshot");
    wanted.language = parser.value("language");
    wanted.store = parser.positionalArguments().value(0);
    return true;
}

} // namespace

int main(int argc, char** argv)
{
    carma::keepLargeBuffers();
    const rlimit none{0, 0}; // a core dump would hold keys
    ::setrlimit(RLIMIT_CORE, &none);
    const bool pictures = !valueOf(argc, argv, "--screenshot").isEmpty();
    if (pictures && qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) {
        qputenv("QT_QPA_PLATFORM", "offscreen");
    }
    SettingsFile file(SettingsFile::defaultPath());
    const Settings settings = pictures ? Settings{} : file.load();
    const int scale = valueOf(argc, argv, "--scale").toInt();
    const int percent = scale >= 100 && scale <= 300 ? scale : settings.scalePercent;
    if (percent != 100) {
        qputenv("QT_SCALE_FACTOR", QByteArray::number(percent / 100.0));
    }
    QApplication application(argc, argv);
    QApplication::setApplicationName("carma-workstation");
    QApplication::setApplicationVersion(CARMA_VERSION);
    QCommandLineParser parser;
    declare(parser);
    parser.process(application);
    Wanted wanted;
    if (!understand(parser, wanted)) {
        return 2;
    }
    if (const auto sound = carma::selfTest(); !sound) {
        std::fprintf(stderr, "carma-workstation: the cryptography does not work: %s\n", sound.error().message.c_str());
        return 1;
    }
    useLanguage(application, !wanted.language.isEmpty() ? wanted.language : pictures ? QString("en") : settings.language);
    if (pictures) {
        return drawPictures(wanted.pictures, wanted.theme.value_or(Theme::Light)) ? 0 : 1;
    }
    MainWindow window(file);
    if (wanted.theme) {
        applyTheme(application, *wanted.theme);
    }
    window.show();
    if (!wanted.store.isEmpty()) {
        window.openDialog(wanted.store);
    }
    return QApplication::exec();
}
