# Completion of ethcraft for fish.
function __ethcraft_complete
    set -l program (commandline -opc)[1]
    for line in ($program __complete fish (commandline -cp | string collect) 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path (commandline -ct)
            case :commands
                __fish_complete_command
            case '*'
                echo $line
        end
    end
end
complete -c ethcraft -f -a '(__ethcraft_complete)'
