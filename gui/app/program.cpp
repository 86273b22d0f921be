// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/program.h"

#include <QApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QTranslator>

namespace carma::gui {

bool useLanguage(QApplication& application, const QString& language)
{
    const QLocale locale = language.isEmpty() ? QLocale::system() : QLocale(language);
    QLocale::setDefault(locale);
    if (locale.language() == QLocale::English || locale.language() == QLocale::C) {
        return true;
    }
    auto* own = new QTranslator(&application);
    const bool loaded = own->load(locale, "carma-workstation", "_", ":/i18n");
    if (loaded) {
        QApplication::installTranslator(own);
        auto* qt = new QTranslator(&application); // buttons of Qt's own dialogs
        if (qt->load(locale, "qtbase", "_", QLibraryInfo::path(QLibraryInfo::TranslationsPath))) {
            QApplication::installTranslator(qt);
        }
    }
    return loaded;
}

} // namespace carma::gui
