// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/bytes.h>
#include <carma/result.h>

#include <QString>
#include <QStringList>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

class QWidget;

namespace carma::gui {

/// Replaces the file as a whole, or leaves it as it was. Any thread. Io.
Result<void> writeFile(const QString& path, std::string_view bytes);
/// Makes a file that nobody else can read and fills it. AlreadyExists if it is there: what it holds may be the only copy of a secret.
/// Any thread. Io.
Result<void> writeSecret(const QString& path, ByteView secret);
/// At most `bytesMax`; LimitExceeded beyond. Any thread. Io.
Result<std::string> readFile(const QString& path, std::uint64_t bytesMax);

/// Asks where to save something, without holding up the event loop.
/// `kinds` as QFileDialog::setNameFilter takes them.
void chooseSaveFile(QWidget* parent, const QString& title, const QString& name, const std::function<void(const QString& path)>& chosen,
    const QString& kinds = {});
void chooseOpenFile(QWidget* parent, const QString& title, const QString& kinds, const std::function<void(const QString& path)>& chosen);
void chooseFiles(QWidget* parent, const QString& title, const std::function<void(const QStringList& paths)>& chosen);
/// `begin` is where the user looks first; empty or not there: where they were last.
void chooseFolder(QWidget* parent, const QString& title, const std::function<void(const QString& path)>& chosen, const QString& begin = {});

/// Copies for a minute, after which the clipboard is cleared if it still holds that. GUI thread.
void copyForAMinute(const QString& secret);

} // namespace carma::gui
