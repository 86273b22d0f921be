// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/problem.h"

#include <QObject>
#include <QString>
#include <QStringList>

#include <optional>

namespace carma::gui {

class StoreSession;

/// A file that names the work in progress and its store, and that is gone when nothing runs. If the program ends in the middle, the next
/// start finds it and can say what happened.
class WorkNote : public QObject {
    Q_OBJECT

public:
    WorkNote(QString path, StoreSession& session); ///< reads what an earlier run left there
    ~WorkNote() override;                          ///< a program that ends by itself leaves none
    /// What an earlier run was doing in that store when it ended; told once.
    [[nodiscard]] std::optional<Problem> unfinishedIn(const QString& store);

    static constexpr qint64 kBytesMax = 64 * 1024;

private:
    void follow();

    QString m_path;
    StoreSession& m_session;
    QStringList m_noted; ///< titles of jobs that run, as the file names them
    QString m_storeBefore;
    QStringList m_workBefore;
};

} // namespace carma::gui
