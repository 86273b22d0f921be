// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/disk.h>

#include <QObject>
#include <memory>

/// What every Disk promises. A subclass gives the disk; QtTest runs the inherited tests with its own.
class DiskSuite : public QObject {
    Q_OBJECT

protected:
    /// An empty disk that lives as long as the test object.
    virtual carma::Disk& freshDisk() = 0;

private slots:
    void filesKeepWhatIsWritten();
    void readsStopAtTheEndOfTheFile();
    void writesPastTheEndLeaveZeroes();
    void truncateShrinksAndGrows();
    void openModesDifferAsTheirNamesSay();
    void aReadHandleDoesNotWrite();
    void foldersAreMadeWithTheirParents();
    void listIsSortedAndComplete();
    void infoTellsFilesFoldersAndMissingThings();
    void renameReplacesAFile();
    void renameMovesAFolderWithItsFiles();
    void removalsNameWhatIsWrong();
    void pathsThatLeaveTheRootAreRefused();
    void errorsNameTheRelativePath();
    void syncsSucceed();
    void aRemovedFileLivesOnInItsHandle();
    void lockIsExclusiveAndNamesItsHolder();
    void lockFileIsEmptyAfterRelease();
    void readWholeFileHasALimit();
    void replaceFileLeavesNoTemporaryFile();
    void replaceFileIgnoresAnOlderAttempt();
    void parallelPositionedWritesAreAllKept();
};
